using System.Text.RegularExpressions;
using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;
using Scenograph.Torch.Images;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Docs;

// Opening a run sets the number of threads.
[Collection(ProcessWide.Name)]
public sealed partial class ReadmeTests
{
    [Fact]
    public void The_example_of_the_readme_is_the_one_that_is_tested() =>
        Assert.Contains(ReadmeExample.Source(), RepositoryFiles.Read("README.md"), StringComparison.Ordinal);

    [Fact]
    public void The_example_trains_a_model_and_takes_a_picture_apart()
    {
        using var folder = new TemporaryFolder();
        ImageFile.WritePng(folder["scene.png"], Picture(40));

        ReadmeExample.Run(
            RepositoryFiles.PathOf("recipes/slot-attention/sprites.yaml"),
            ["training.steps=2", "training.batch=2", "evaluation.images=2", "training.precision=float32", "data.options.count=8", "data.train=sprites-(16,16)", "data.validation=sprites-(16,16)",
                "model.height=16", "model.width=16", "model.size=8", "model.filters=8", "model.decoder_start=4", "model.decoder_strides=[2, 2]"],
            folder["run"], folder["scene.png"], folder["parts.png"]);

        Assert.True(ImageFile.Read(folder["parts.png"]).Width > 16);
    }

    [Fact]
    public void A_picture_taken_apart_twice_gives_the_same_parts()
    {
        using var folder = new TemporaryFolder();
        ImageFile.WritePng(folder["scene.png"], Picture(32));
        var recipe = RecipeReader.Read(RepositoryFiles.PathOf("recipes/slot-attention/demo.yaml"), ModelCatalogue.Instance);
        using (var random = new Generator(0))
        using (var fresh = ModelCatalogue.Create(recipe.Model, random))
        {
            TrainingCheckpoint.SaveWeights(folder["model.safetensors"], recipe, fresh);
        }

        using var model = SceneDecomposer.Open(folder["model.safetensors"]);

        Assert.Equal((3, 32, 32), model.ImageSize);
        Assert.Equal(model.Decompose(folder["scene.png"]).Masks, model.Decompose(folder["scene.png"]).Masks);
    }

    [Fact]
    public void Every_file_that_the_documents_point_to_is_there()
    {
        string[] documents = ["README.md", .. Directory.EnumerateFiles(RepositoryFiles.PathOf("docs"), "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(RepositoryFiles.Root, path))];
        foreach (var document in documents)
        {
            var folder = Path.GetDirectoryName(RepositoryFiles.PathOf(document))!;
            foreach (var target in Links().Matches(Comments().Replace(RepositoryFiles.Read(document), "")).Select(match => match.Groups[1].Value))
            {
                if (target.StartsWith("http", StringComparison.Ordinal) || target.StartsWith('#')) continue;
                var path = Path.Combine(folder, target.Split('#')[0]);
                Assert.True(File.Exists(path) || Directory.Exists(path), $"{document} points to {target}");
            }
        }
    }

    private static Image Picture(int side)
    {
        var pixels = new byte[side * side * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i * 7);
        return new Image(side, side, 3, pixels);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comments();
}
