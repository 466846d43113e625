using Scenograph.Data;
using Scenograph.Data.Sources;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;
using Scenograph.Training.Schedules;

namespace Scenograph.Tests.Unit.Recipes;

/// <summary>Every file under recipes/ can be trained, as far as can be told without its data.</summary>
public sealed class ShippedRecipesTests
{
    private static readonly string[] All = [.. Directory
        .EnumerateFiles(RepositoryFiles.PathOf("recipes"), "*.yaml", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(RepositoryFiles.Root, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    public static TheoryData<string> Files() => [.. All];

    private static Recipe Read(string file) => RecipeReader.Read(RepositoryFiles.PathOf(file), ModelCatalogue.Instance);

    private static IEnumerable<string> Specs(Recipe recipe) =>
        new[] { recipe.Data.Train, recipe.Data.Validation, recipe.Data.Test }.OfType<string>();

    [Theory]
    [MemberData(nameof(Files))]
    public void Its_model_can_be_built_and_takes_the_images_of_its_data(string file)
    {
        var recipe = Read(file);
        using var scope = TensorScope.Begin();
        using var random = new Generator(0);
        using var created = ModelCatalogue.Create(recipe.Model, random);
        if (created is not DecompositionModel model) return; // takes nothing apart, and says itself which images it wants

        foreach (var spec in Specs(recipe).Select(DataSpec.Parse))
        {
            Assert.True(spec.TryGetShape(out var shape, out _));
            // Some sets tell their size only from their files.
            var size = spec.Size ?? (shape is null ? null : (shape.Value.Height, shape.Value.Width));
            if (size is { } known) Assert.Equal((model.ImageSize.Height, model.ImageSize.Width), known);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Its_data_sets_exist_and_its_schedule_is_one(string file)
    {
        var recipe = Read(file);

        Assert.All(Specs(recipe).SelectMany(spec => DataSpec.Parse(spec).Items), item => Assert.NotNull(DataSources.Find(item.Name)));
        Assert.NotNull(LearningRateText.Parse(recipe.Training.LearningRateSchedule));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Its_name_is_its_own(string file) =>
        Assert.DoesNotContain(All.Where(other => other != file), other => Read(other).Name == Read(file).Name);

    [Theory]
    [InlineData("demo.yaml")]
    [InlineData("sprites.yaml")]
    [InlineData("tetrominoes.yaml")]
    public void Generated_scenes_have_the_size_of_the_model(string file)
    {
        var recipe = Read($"recipes/slot-attention/{file}");
        using var random = new Generator(0);
        using var model = (DecompositionModel)ModelCatalogue.Create(recipe.Model, random);
        var data = DataSets.Open(recipe.Data.Train, Split.Train, new DataRoots([]), recipe.Data.Options with { Count = 4 });

        Assert.Equal(model.ImageSize, (data.Channels, data.Height, data.Width));
        // A black background needs no slot of its own: any slot can paint it.
        Assert.True(data.MaskCount - 1 <= model.Components, "fewer slots than objects");
    }
}
