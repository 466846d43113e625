using System.CommandLine;
using System.Globalization;
using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Reports;
using Scenograph.Reports.Pictures;
using Scenograph.Torch;
using Scenograph.Torch.Files;
using Scenograph.Torch.Images;
using Scenograph.Training;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph traverse</c>: what the numbers of a component's latent vector mean, as pictures.</summary>
internal static class TraverseCommand
{
    private const int DefaultSteps = 7;
    private const int MostSteps = 101;
    private const int DefaultDimensions = 10;
    private const int MostAnimated = 10;

    /// <param name="Run">Anything that <see cref="Training.RunFolder.Open"/> takes.</param>
    /// <param name="Image">A PNG or JPEG file.</param>
    /// <param name="Component">From 0; null: the largest but one.</param>
    /// <param name="Dims">E.g. 0-9 or 3,5,8; null: the ten of greatest effect.</param>
    /// <param name="Range">FROM:TO.</param>
    /// <param name="Steps">Values over the range.</param>
    /// <param name="Out">Folder; null: <c>traversal</c> in the working directory.</param>
    /// <param name="Checkpoint">Anything that <see cref="Training.RunFolder.Checkpoint"/> takes.</param>
    /// <param name="Seed">Seed of the model's noise; null: the training's seed + 3.</param>
    /// <param name="Device">Null: the recipe's.</param>
    /// <param name="Json">Print the order and the effects as JSON.</param>
    internal sealed record Request(string Run, string Image, int? Component, string? Dims, string Range, int Steps, string? Out, string? Checkpoint, long? Seed, string? Device, bool Json);

    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run: its folder, a checkpoint in it, or its name's folder for the newest." };
        var image = new Argument<string>("image") { Description = "A PNG or JPEG file." };
        var component = CommonOptions.Number<int>("--component", "k", "Which component, from 0, as decompose numbers them (default: the largest but one; the largest is taken for the background).", least: 0);
        var dims = new Option<string?>("--dims") { Description = $"Which dimensions of its latent vector, e.g. 0-9 or 3,5,8 (default: of all, the {DefaultDimensions} of greatest effect).", HelpName = "list" };
        var range = new Option<string>("--range")
        {
            Description = "Values that each dimension takes: absolute where the latents have a standard normal prior; else, as in Slot Attention, added to what was inferred, in standard deviations of the dimension over the picture's components (default -2:2).",
            HelpName = "from:to",
            DefaultValueFactory = _ => "-2:2",
        };
        var steps = CommonOptions.Number<int>("--steps", "n", $"How many values over the range (default {DefaultSteps}).", least: 2);
        var folder = CommonOptions.Out("Folder for grid.png, animation.png, report.html and traversal.json (default traversal).");
        var checkpoint = new Option<string?>("--checkpoint") { Description = "last, best, step-N or a file (default last).", HelpName = "which" };
        var seed = CommonOptions.Seed("Seed of the model's noise (default: the training's seed + 3).");
        var device = CommonOptions.Device();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "traverse",
            "Change one number of a component's latent vector at a time and paint the scene anew: a grid of pictures, a row a dimension and a column a value, the dimension of greatest effect first; the same moving, in a page; and the order as JSON.",
            "scenograph traverse runs/demo scene.png --component 2 --dims 0-9 --range -2:2",
            "scenograph traverse runs/demo scene.png --steps 11 --out what-slots-mean")
        {
            run, image, component, dims, range, steps, folder, checkpoint, seed, device, json,
        };
        command.SetAction((parsed, stop) => Run(
            new Request(
                parsed.GetRequiredValue(run),
                parsed.GetRequiredValue(image),
                parsed.GetValue(component),
                parsed.GetValue(dims),
                parsed.GetRequiredValue(range),
                parsed.GetValue(steps) ?? DefaultSteps,
                parsed.GetValue(folder),
                parsed.GetValue(checkpoint),
                parsed.GetValue(seed),
                parsed.GetValue(device),
                parsed.GetValue(json)),
            stop));
        return command;
    }

    /// <summary>What <c>--json</c> prints and <c>traversal.json</c> holds.</summary>
    /// <param name="Image">The picture.</param>
    /// <param name="Model">Name of the model.</param>
    /// <param name="Component">From 0.</param>
    /// <param name="Latent">Name of the latents.</param>
    /// <param name="LatentSize">D.</param>
    /// <param name="Unit">What the values count.</param>
    /// <param name="Values">The columns.</param>
    /// <param name="Dimensions">The rows, greatest effect first.</param>
    /// <param name="Grid">Path of the grid.</param>
    /// <param name="Animation">Path of the moving picture.</param>
    /// <param name="Report">Path of the page.</param>
    internal sealed record Answer(
        string Image, string Model, int Component, string Latent, int LatentSize, LatentTraversal.Unit Unit, IReadOnlyList<double> Values,
        IReadOnlyList<Entry> Dimensions, string Grid, string Animation, string Report);

    /// <summary>One dimension.</summary>
    internal sealed record Entry(int Dimension, double Effect, double Inferred, double Deviation);

    private static Task<int> Run(Request request, CancellationToken stop)
    {
        var values = ParseRange(request.Range, request.Steps);
        var dimensions = request.Dims is null ? null : ParseDimensions(request.Dims);
        using var run = LoadedRun.Open(request.Run, request.Checkpoint, request.Device);
        var model = run.Decomposer;
        var sample = PictureSample.Read(request.Image, 0, model.ImageSize);
        var traversal = LatentTraversal.Run(model, sample, request.Component, dimensions, values, run.Recipe.Evaluation.Batch, (ulong)(request.Seed ?? run.Recipe.Training.Seed + 3), run.Device, stop);
        traversal = traversal with { Dimensions = [.. traversal.Dimensions.Take(dimensions?.Count ?? DefaultDimensions)] };
        var answer = Write(request, model.Name, traversal, run.Device);
        if (request.Json) Output.WriteJson(answer);
        else Output.Write(Table(traversal, answer));
        return Task.FromResult(0);
    }

    private static Answer Write(Request request, string model, LatentTraversal traversal, Device device)
    {
        var folder = request.Out ?? "traversal";
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder} cannot be made: {failure.Message}", failure);
        }

        IReadOnlyList<Image>[] rows = [.. traversal.Dimensions.Select(dimension => dimension.Scenes)];
        var grid = ImageFile.EncodePng(TraversalFigure.Grid(rows));
        var animation = TraversalFigure.Animation(rows[..Math.Min(MostAnimated, rows.Length)]);
        var answer = new Answer(
            request.Image, model, traversal.Component, traversal.Latent, traversal.LatentSize, traversal.ValueUnit, traversal.Values,
            [.. traversal.Dimensions.Select(one => new Entry(one.Index, one.Effect, one.Inferred, one.Deviation))],
            Path.Combine(folder, "grid.png"), Path.Combine(folder, "animation.png"), Path.Combine(folder, "report.html"));
        AtomicFile.WriteAllBytes(answer.Grid, grid);
        AtomicFile.WriteAllBytes(answer.Animation, animation);
        AtomicFile.WriteAllBytes(Path.Combine(folder, "traversal.json"), Output.ToJson(answer));
        HtmlReport.Write(answer.Report, Page(answer, traversal, grid, animation, device));
        return answer;
    }

    private static ReportContent Page(Answer answer, LatentTraversal traversal, byte[] grid, byte[] animation, Device device)
    {
        var table = Table(traversal, answer);
        var order = string.Join(", ", answer.Dimensions.Select(entry => entry.Dimension));
        return new()
        {
            Title = $"{answer.Model}: what the latents of component {answer.Component} mean",
            Summary = $"{answer.Image} taken apart; one number of one component's vector ({answer.Latent}, {answer.LatentSize} numbers) is changed at a time, everything else stays. {Unit(traversal)}",
            Figures =
            [
                new("Every dimension runs through its values and back; the greatest effect is on the left.", animation, $"Moving pictures of dimensions {order}")
                {
                    ColumnTitles = [.. answer.Dimensions.Take(MostAnimated).Select(entry => $"dimension {entry.Dimension}")],
                },
                new($"A column a value; the rows, from the top, are the dimensions {order}.", grid, $"Grid of pictures, {answer.Dimensions.Count} dimensions by {answer.Values.Count} values")
                {
                    ColumnTitles = [.. answer.Values.Select(Text)],
                },
                new("The scene with nothing changed.", ImageFile.EncodePng(TraversalFigure.Grid([[traversal.Unchanged]])), "The scene as the model paints it"),
            ],
            Tables = [new ReportTable("Dimensions by effect", table.Columns, table.Rows) { Remark = "Effect: variance of a pixel's colour (0 to 1) over the values, mean over pixels and channels." }],
            Environment = RunEnvironment.Describe(device),
        };
    }

    private static EvaluationTable Table(LatentTraversal traversal, Answer answer) => new(
        $"{answer.Image}, component {answer.Component}: {answer.Report}",
        ["dimension", "effect", "inferred", "unit"],
        [.. traversal.Dimensions.Select(one => (IReadOnlyList<string>)
        [
            one.Index.ToString(CultureInfo.InvariantCulture), one.Effect.ToString("0.000000", CultureInfo.InvariantCulture),
            one.Inferred.ToString("0.000", CultureInfo.InvariantCulture), one.Deviation.ToString("0.000", CultureInfo.InvariantCulture),
        ])]);

    private static string Unit(LatentTraversal traversal) => traversal.ValueUnit == LatentTraversal.Unit.Absolute
        ? "Values are those of the latents themselves, whose prior is standard normal."
        : "Values are added to what was inferred, in standard deviations of the dimension over the picture's components.";

    private static double[] ParseRange(string text, int steps)
    {
        var ends = text.Split(':');
        if (ends.Length != 2 || !TryNumber(ends[0], out var from) || !TryNumber(ends[1], out var to) || from >= to)
        {
            throw new InputException($"--range is '{text}'; two numbers are expected, the smaller one first, as in -2:2");
        }

        if (steps > MostSteps)
        {
            throw new InputException($"--steps is {steps}; at most {MostSteps} are painted");
        }

        return [.. Enumerable.Range(0, steps).Select(i => from + ((to - from) * i / (steps - 1)))];
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && Math.Abs(number) <= 1e6;

    private static List<int> ParseDimensions(string text)
    {
        var dimensions = new List<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryIndex(ends[0], out var first) || !TryIndex(ends[^1], out var last) || last < first)
            {
                throw new InputException($"--dims is '{text}'; numbers from 0 and ranges of them are expected, as in 0-9 or 3,5,8");
            }

            dimensions.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return [.. dimensions.Distinct()];
    }

    // A wider vector there is none of; the model says which of these it has.
    private static bool TryIndex(string text, out int index) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out index) && index <= 1_000_000;

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
