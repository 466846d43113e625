using System.CommandLine;
using System.Globalization;
using Scenograph.Data;
using Scenograph.Data.Sources;
using Scenograph.Reports.Pictures;
using Scenograph.Torch.Images;
using Spectre.Console;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph data show</c>: what a data spec names, in numbers and as a picture.</summary>
internal static class DataShowCommand
{
    private const int DefaultScenes = 16;
    private const int Columns = 8;
    private const int PictureSize = 96;

    /// <summary>What <c>--json</c> prints of one data set.</summary>
    /// <param name="Spec">The spec as given.</param>
    /// <param name="Split">The part.</param>
    /// <param name="Count">Scenes there are.</param>
    /// <param name="Shape">[C, H, W].</param>
    /// <param name="MaskCount">Most masks of a scene, background included; 0 without masks.</param>
    /// <param name="Read">Scenes read for the figures below.</param>
    /// <param name="ObjectsPerScene">Number of scenes read by their number of visible objects; empty without masks.</param>
    /// <param name="BackgroundShare">Mean share of pixels that no object covers; null without masks.</param>
    /// <param name="MeanValue">Mean of all pixels and channels, 0 to 1.</param>
    internal sealed record Answer(
        string Spec, string Split, int Count, int[] Shape, int MaskCount, int Read,
        IReadOnlyDictionary<string, int> ObjectsPerScene, double? BackgroundShare, double MeanValue);

    public static Command Create()
    {
        var spec = new Argument<string?>("spec") { Description = "The data spec, e.g. sprites or 'clevr-crop-(128,128)'; none: all that there are.", Arity = ArgumentArity.ZeroOrOne };
        var split = new Option<string>("--split") { Description = "train, val or test (default train).", HelpName = "part", DefaultValueFactory = _ => "train" };
        var images = CommonOptions.Number<int>("--images", "n", $"Scenes to read and to draw (default {DefaultScenes}).", least: 1);
        var picture = CommonOptions.Out("PNG file to draw the scenes into, each above its masks.");
        var root = DataOptions.Root();
        var seed = DataOptions.Seed();
        var set = DataOptions.Set();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "show",
            "Say what a data spec names, and draw its first scenes with their masks.",
            "scenograph data show sprites --set sprites.size=32 --out scenes.png",
            "scenograph data show")
        {
            spec, split, images, picture, root, seed, set, json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(spec) is not { } text)
            {
                return List(parsed.GetValue(json));
            }
            var part = parsed.GetRequiredValue(split);
            var data = DataOptions.Open(text, part, parsed.GetValue(root), parsed.GetValue(set), parsed.GetValue(seed), count: null);
            var scenes = Enumerable.Range(0, Math.Min(parsed.GetValue(images) ?? DefaultScenes, data.Count)).Select(data.Read).ToList();
            var answer = Describe(text, part, data, scenes);
            if (parsed.GetValue(picture) is { } path)
            {
                ImageFile.WritePng(path, Draw(scenes));
            }
            Print(answer, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static int List(bool asJson)
    {
        if (asJson)
        {
            Output.WriteJson(DataSources.All.Select(source => new { source.Name, source.Summary }));
            return 0;
        }
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        foreach (var source in DataSources.All)
        {
            table.AddRow($"[bold]{Markup.Escape(source.Name)}[/]", Markup.Escape(source.Summary));
        }
        Output.CreateConsole().Write(table);
        return 0;
    }

    private static Answer Describe(string spec, string split, IDataSet data, List<Sample> scenes)
    {
        var masked = scenes.Where(scene => scene.Labels is not null).ToList();
        return new Answer(
            spec, split, data.Count, [data.Channels, data.Height, data.Width], data.MaskCount, scenes.Count,
            masked.GroupBy(scene => scene.Visible?.Skip(1).Count(visible => visible) ?? 0)
                .OrderBy(group => group.Key)
                .ToDictionary(group => group.Key.ToString(CultureInfo.InvariantCulture), group => group.Count()),
            masked.Count == 0 ? null : masked.Average(scene => scene.Labels!.Average(label => label == 0 ? 1.0 : 0.0)),
            scenes.Average(scene => scene.Image.Average(value => (double)value)));
    }

    private static void Print(Answer answer, bool asJson)
    {
        if (asJson)
        {
            Output.WriteJson(answer);
            return;
        }
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        table.AddRow("data", Markup.Escape($"{answer.Spec}, {answer.Split}"));
        table.AddRow("scenes", answer.Count.ToString("N0", CultureInfo.InvariantCulture));
        table.AddRow("image", $"{string.Join(" x ", answer.Shape)} (channels, rows, columns)");
        table.AddRow("masks", answer.MaskCount == 0 ? "none" : $"up to {answer.MaskCount}, background included");
        if (answer.BackgroundShare is { } background)
        {
            table.AddRow("objects a scene", string.Join(", ", answer.ObjectsPerScene.Select(pair => $"{pair.Key}: {pair.Value}")) + $" (of {answer.Read} read)");
            table.AddRow("background", string.Create(CultureInfo.InvariantCulture, $"{background:P1} of the pixels"));
        }
        table.AddRow("mean value", answer.MeanValue.ToString("F3", CultureInfo.InvariantCulture));
        Output.CreateConsole().Write(table);
    }

    /// <summary>Rows of scenes, each row of them above the row of their masks.</summary>
    private static Image Draw(List<Sample> scenes)
    {
        var tiles = new List<Image>();
        foreach (var row in scenes.Chunk(Columns))
        {
            tiles.AddRange(row.Select(scene => Enlarge(Drawing.FromPlanes(scene.Image, scene.Channels, scene.Height, scene.Width))));
            if (row.All(scene => scene.Labels is not null))
            {
                var blank = Enumerable.Repeat(tiles[^1], Columns - row.Length).Select(image => new Image(image.Width, image.Height, 3, new byte[image.Width * image.Height * 3]));
                tiles.AddRange(row.Length < Columns && scenes.Count > Columns ? blank : []);
                tiles.AddRange(row.Select(scene => Enlarge(SegmentationColours.Accessible.Paint(scene.Labels!, scene.Height, scene.Width))));
            }
        }
        return ImageGrid.Tile(tiles, Math.Min(Columns, scenes.Count));
    }

    private static Image Enlarge(Image image) => Drawing.Upscale(image, Drawing.FactorFor(image.Width, image.Height, PictureSize));
}
