using Scenograph.Models;
using Scenograph.Reports.Pictures;
using Scenograph.Torch.Images;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Docs;

/// <summary>The example of README.md, compiled and run: the lines between the two marks stand there too.</summary>
internal static class ReadmeExample
{
    public static void Run(string recipeFile, string[] changes, string run, string picture, string parts)
    {
        // --- begin ---
        var recipe = RecipeReader.Read(recipeFile, ModelCatalogue.Instance, changes);
        using (var folder = RunFolder.CreateAt(run))
        {
            folder.WriteRecipe(recipe);
            using var trainer = new Trainer(recipe, folder);
            trainer.Run();
        }

        using var model = SceneDecomposer.Open(run);
        var scene = model.Decompose(picture);
        foreach (var part in SceneObject.Find(scene))
        {
            Console.WriteLine($"component {part.Component}: {part.Area} pixels around column {part.Centroid[0]:F0}, row {part.Centroid[1]:F0}");
        }
        ImageFile.WritePng(parts, DecompositionFigure.Draw([scene]));
        // --- end ---
    }

    /// <summary>The lines between the marks, without their indentation.</summary>
    public static string Source()
    {
        var lines = RepositoryFiles.Read("tests/Unit/Docs/ReadmeExample.cs").Split('\n');
        var first = Array.FindIndex(lines, line => line.Trim() == "// --- begin ---") + 1;
        var last = Array.FindIndex(lines, line => line.Trim() == "// --- end ---");
        return string.Join('\n', lines[first..last].Select(line => line.Length > 8 ? line[8..] : ""));
    }
}
