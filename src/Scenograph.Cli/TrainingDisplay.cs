using System.Diagnostics;
using System.Globalization;
using Scenograph.Training;
using Spectre.Console;

namespace Scenograph.Cli;

/// <summary>Shows a training while it runs: a bar with step, loss, images a second and time left on a terminal, a line now and then elsewhere.</summary>
internal static class TrainingDisplay
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(15);

    /// <summary>Runs the trainer; Ctrl-C and SIGTERM reach it through <paramref name="stop"/>.</summary>
    public static TrainingOutcome Run(Trainer trainer, long steps, bool quiet, CancellationToken stop)
    {
        if (quiet) return trainer.Run(null, stop);
        if (Console.IsErrorRedirected || Console.IsOutputRedirected) return trainer.Run(new Lines(), stop);
        TrainingOutcome? outcome = null;
        AnsiConsole.Progress()
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                var task = context.AddTask("starting", maxValue: steps);
                task.Value = trainer.Step;
                outcome = trainer.Run(new Bar(task), stop);
                task.StopTask();
            });
        return outcome!;
    }

    private static string Describe(TrainingProgress progress) => string.Create(CultureInfo.InvariantCulture,
        $"step {progress.Step}/{progress.Steps}  loss {progress.Loss:G4}  {progress.ImagesPerSecond:F0} images/s  {Time(progress.Remaining)} left")
        + (progress.WaitShare > 0.05 ? string.Create(CultureInfo.InvariantCulture, $"  waiting for data {progress.WaitShare:P0}") : "");

    private static string Time(TimeSpan span) => span.TotalHours >= 1 ? $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}" : $"{span.Minutes}:{span.Seconds:00}";

    private sealed class Bar(ProgressTask task) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.Value = value.Step;
            task.Description = Markup.Escape(Describe(value));
        }
    }

    private sealed class Lines : IProgress<TrainingProgress>
    {
        private long last;

        public void Report(TrainingProgress value)
        {
            if (last != 0 && Stopwatch.GetElapsedTime(last) < LineInterval && value.Step < value.Steps) return;
            last = Stopwatch.GetTimestamp();
            Console.Error.WriteLine(Describe(value));
        }
    }
}
