using System.CommandLine;
using Scenograph.Torch;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph train</c>: a recipe in, a run's folder out.</summary>
internal static class TrainCommand
{
    /// <param name="Recipe">The recipe's file; null where a run is resumed by its folder.</param>
    /// <param name="Overrides"><c>key=value</c> texts for the recipe reader, from <c>--set</c> and from the options that stand for a value.</param>
    /// <param name="Resume">Whether to go on with a run.</param>
    /// <param name="ResumeRun">Which: anything that <see cref="Training.RunFolder.Open"/> takes; null: the newest of the recipe's name.</param>
    /// <param name="Out">The run's folder; null: <c>runs/NAME/TIME</c>.</param>
    /// <param name="Quiet">No progress display.</param>
    /// <param name="Json">Print the outcome as JSON.</param>
    internal sealed record Request(string? Recipe, IReadOnlyList<string> Overrides, bool Resume, string? ResumeRun, string? Out, bool Quiet, bool Json);

    public static Command Create()
    {
        var recipe = new Argument<string?>("recipe") { Description = "The recipe: a YAML file that describes the run, such as those under recipes/.", Arity = ArgumentArity.ZeroOrOne };
        var set = CommonOptions.Set();
        var resume = new Option<string?>("--resume")
        {
            Description = "Go on with a run: its folder, its name, or nothing for the newest of the recipe.",
            HelpName = "run",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var folder = CommonOptions.Out("The run's folder (default runs/NAME/TIME).");
        var seed = CommonOptions.Seed("Seed of everything random, in place of the recipe's.");
        var device = CommonOptions.Device();
        var steps = CommonOptions.Steps();
        var precision = CommonOptions.Precision();
        var quiet = CommonOptions.Quiet();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "train",
            "Train the model of a recipe. Ctrl-C finishes the step, saves, and ends; --resume goes on as if nothing had happened.",
            "scenograph train recipes/slot-attention/tetrominoes.yaml --set model.slots=5",
            "scenograph train --resume runs/tetrominoes")
        {
            recipe, set, resume, folder, seed, device, steps, precision, quiet, json,
        };
        command.SetAction((parsed, stop) =>
        {
            var request = new Request(
                parsed.GetValue(recipe),
                CommonOptions.Overrides(
                    parsed.GetValue(set),
                    ("training.seed", parsed.GetValue(seed)),
                    ("training.device", parsed.GetValue(device)),
                    ("training.steps", parsed.GetValue(steps)),
                    ("training.precision", parsed.GetValue(precision))),
                parsed.GetResult(resume) is { Implicit: false },
                parsed.GetValue(resume),
                parsed.GetValue(folder),
                parsed.GetValue(quiet),
                parsed.GetValue(json));
            if (request.Recipe is null && request.ResumeRun is null)
            {
                throw new InputException("scenograph train: a recipe is missing, e.g. scenograph train recipes/slot-attention/tetrominoes.yaml (or a run to go on with: --resume RUN)");
            }
            if (request.Resume && request.Out is not null)
            {
                throw new InputException("scenograph train: --resume goes on in the run's own folder; leave out --out");
            }
            return Run(request, stop);
        });
        return command;
    }

    /// <summary>To be filled by the trainer's side: trains until done or <paramref name="stop"/>, returns the exit code.</summary>
    private static Task<int> Run(Request request, CancellationToken stop) =>
        throw new NotSupportedException($"train is not connected yet ({request}, {stop.IsCancellationRequested})");
}
