using System.CommandLine;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;
using Scenograph.Training;

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

    /// <summary>What <c>--json</c> prints.</summary>
    internal sealed record Answer(string Run, long Step, bool Finished, double Loss, int SkippedSteps, double Seconds, IReadOnlyDictionary<string, double>? Metrics, string? Report);

    private static Task<int> Run(Request request, CancellationToken stop)
    {
        using var folder = Folder(request, out var recipe);
        if (!request.Json) Console.Error.WriteLine($"run {folder.FolderPath}");
        var result = TrainingSession.Run(recipe, folder, request.Resume, trainer => TrainingDisplay.Run(trainer, recipe.Training.Steps, request.Quiet || request.Json, stop), stop);
        var outcome = result.Outcome;
        if (request.Json)
        {
            Output.WriteJson(new Answer(folder.FolderPath, outcome.Step, result.Report is not null, outcome.Loss, outcome.Skipped, outcome.Duration.TotalSeconds, result.Evaluation?.Metrics, result.Report));
        }
        else if (result.Report is null)
        {
            Console.WriteLine($"stopped after step {outcome.Step} of {recipe.Training.Steps}, saved; go on with: scenograph train --resume {folder.FolderPath}");
        }
        else
        {
            if (result.Evaluation is { } evaluation) Output.Write(evaluation.ToTable());
            Console.WriteLine($"{outcome.Step} steps, loss {outcome.Loss:G4}, report {result.Report}");
        }
        return Task.FromResult(0);
    }

    private static RunFolder Folder(Request request, out Recipe recipe)
    {
        if (!request.Resume)
        {
            recipe = RecipeReader.Read(request.Recipe!, ModelCatalogue.Instance, request.Overrides);
            return request.Out is { } path ? RunFolder.CreateAt(path) : RunFolder.Create(recipe.Name);
        }
        var name = request.ResumeRun ?? Path.Combine(RunFolder.DefaultRoot, RecipeReader.Read(request.Recipe!, ModelCatalogue.Instance).Name);
        var folder = RunFolder.Open(name).Lock();
        // The run's own recipe counts; more steps and the like may be asked for on top.
        recipe = RecipeReader.Read(folder.RecipePath, ModelCatalogue.Instance, request.Overrides);
        return folder;
    }
}
