using System.CommandLine;
using System.Diagnostics;
using Scenograph.Data.Folders;
using Scenograph.Data.MultiObject;
using Scenograph.Torch;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph data make</c>: scenes as files, in the layout of CLEVR with masks or as one TFRecord file.</summary>
internal static class DataMakeCommand
{
    /// <summary>What <c>--json</c> prints of each part.</summary>
    internal sealed record Answer(string Spec, string Split, int Count, string Folder, double Seconds);

    public static Command Create()
    {
        var spec = new Argument<string>("spec") { Description = "The data spec of what to write, e.g. sprites, tetrominoes or multi_mnist." };
        var folder = CommonOptions.Out("The folder to write: images/, masks/ and scenes/; or a file .tfrecords, in the published schema of multi_object_datasets that fits the scenes.");
        folder.Required = true;
        var split = new Option<string[]>("--split") { Description = "train, val or test; may be given several times (default train).", HelpName = "part" };
        var images = CommonOptions.Number<int>("--images", "n", "Scenes of each part (default: all of a set on disk, 60,000 / 1,000 / 320 of a generated one).", least: 1);
        var root = DataOptions.Root();
        var seed = DataOptions.Seed();
        var set = DataOptions.Set();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "make",
            "Write the scenes of a data spec as PNG files with exact masks and a description of each, to be read again as clevr_folder:[FOLDER]; or as a TFRecord file, to be read again as tfrecords:[FILE].",
            "scenograph data make sprites --images 1000 --out data/my-sprites",
            "scenograph data make 'clevr-crop-(64,64)' --split train --split val --out data/clevr-64",
            "scenograph data make tetrominoes --images 70000 --out data/tetrominoes/tetrominoes_train.tfrecords")
        {
            spec, folder, split, images, root, seed, set, json,
        };
        command.SetAction((parsed, stop) =>
        {
            var answers = new List<Answer>();
            var parts = parsed.GetValue(split) is { Length: > 0 } named ? named : ["train"];
            var path = parsed.GetRequiredValue(folder)!;
            var isFile = path.EndsWith(".tfrecords", StringComparison.Ordinal);
            if (isFile && parts.Length > 1)
            {
                throw new InputException("a TFRecord file holds one part; give --split once");
            }
            foreach (var part in parts.Distinct())
            {
                var watch = Stopwatch.StartNew();
                var text = parsed.GetRequiredValue(spec);
                var data = DataOptions.Open(text, part, parsed.GetValue(root), parsed.GetValue(set), parsed.GetValue(seed), parsed.GetValue(images));
                if (isFile) MultiObjectWriter.Write(data, path, MultiObjectWriter.SchemaFor(data), stop);
                else DataSetWriter.Write(data, path, SplitNames.Parse(part), cancellation: stop);
                answers.Add(new Answer(text, part, data.Count, path, Math.Round(watch.Elapsed.TotalSeconds, 1)));
                if (!parsed.GetValue(json))
                {
                    Console.Out.WriteLine($"{part}: {data.Count:N0} scenes in {path}, {watch.Elapsed.TotalSeconds:F1} s");
                }
            }
            if (parsed.GetValue(json))
            {
                Output.WriteJson(answers);
            }
            return Task.FromResult(0);
        });
        return command;
    }
}
