using Scenograph.Data;
using Scenograph.Data.Sources;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Docs;

/// <summary>What docs/add-a-model.md and docs/add-a-data-set.md show is compiled here, and does what they say.</summary>
public sealed class ExampleTests
{
    [Theory]
    [InlineData("docs/add-a-model.md", "tests/Unit/Docs/Examples/MixtureNet.cs")]
    [InlineData("docs/add-a-data-set.md", "tests/Unit/Docs/Examples/ShapesSource.cs")]
    [InlineData("docs/categorical-variable.md", "tests/Unit/Docs/Examples/Prototypes.cs")]
    public void The_page_shows_the_class_that_is_tested(string page, string source)
    {
        var shown = string.Join('\n', RepositoryFiles.Read(page).Split('\n').Select(line => line.StartsWith("   ", StringComparison.Ordinal) ? line[3..] : line));

        Assert.Contains(RepositoryFiles.Read(source), shown, StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_of_the_page_keeps_the_contract()
    {
        using var scope = TensorScope.Begin();
        using var random = new Generator(0);
        using var model = new MixtureNet(new(Height: 16, Width: 16), random);
        var images = Operators.Rand([2, 3, 16, 16], random);

        model.Objective(new(images, [0, 1]), 0, NoiseSource.Mean).Total.Backward();
        var parts = model.Decompose(images, NoiseSource.Mean);

        Assert.All(model.Parameters(), parameter => Assert.NotNull(parameter.Grad));
        Assert.Equal([2, 4, 3, 16, 16], parts.Components.Shape.ToArray());
        Assert.All(parts.Masks.Sum([1]).ToArray<float>(), sum => Assert.Equal(1, sum, 1e-5));
    }

    [Fact]
    public void The_categorical_variable_of_the_page_learns()
    {
        using var scope = TensorScope.Begin();
        using var random = new Generator(0);
        using var noise = NoiseSource.Seeded(1);
        using var model = new Prototypes(new(Pixels: 16, Classes: 2), random);
        using var optimizer = new Adam(model.ParameterGroups(), learningRate: 0.02);
        // Two pictures, black and white.
        var images = Operators.Cat([Operators.Zeros([8, 1, 4, 4], DType.Float32), Operators.Ones([8, 1, 4, 4], DType.Float32)]);
        var (first, last) = (0.0, 0.0);
        for (var step = 0; step < 300; step++)
        {
            using var inner = TensorScope.Begin();
            var total = model.Objective(new(images, []), step, noise).Total;
            total.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            last = total.ToDouble();
            if (step == 0) first = last;
        }

        Assert.True(last < 0.05 * first, $"{first} became {last}");
    }

    [Fact]
    public void The_data_set_of_the_page_opens_its_folder()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 3; i++)
        {
            ImageFile.WritePng(folder.File($"shapes/images/{i:000000}.png"), new Image(8, 8, 3, new byte[192]));
            ImageFile.WritePng(folder.File($"shapes/labels/{i:000000}.png"), new Image(8, 8, 1, [.. Enumerable.Repeat((byte)i, 64)]));
        }

        var data = new ShapesSource().Open(new SourceRequest("shapes", null, Split.Test, new DataRoots([folder.Path]), new DataSetOptions(), null));

        Assert.Equal(3, data.Count);
        Assert.Equal(2, data.Read(2).Labels![0]);
    }
}
