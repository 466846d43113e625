using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

/// <summary>What a pass made on its way is gone before the backward pass, or its peak of memory would hold it.</summary>
[Collection(ProcessWide.Name)]
public sealed class KeptTensorTests
{
    public static TheoryData<string> Models => [.. Named.Keys];

    private static readonly Dictionary<string, Func<Generator, DecompositionModel>> Named = new()
    {
        ["monet"] = random => new MONet(new(Height: 32, Width: 32, Slots: 3, Blocks: 5, AttentionFilters: 2), random),
        ["genesis-v2"] = random => new GenesisV2(new(Height: 32, Width: 32, Slots: 3, Size: 8, MaskLoss: true), random),
        ["genesis-v2, dynamic and compatible"] = random => new GenesisV2(new(Height: 32, Width: 32, Slots: 3, Size: 8, DynamicSlots: true, Compatible: true), random),
        ["genesis-v2, one component"] = random => new GenesisV2(new(Height: 32, Width: 32, Slots: 1, Size: 8), random),
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void An_objective_keeps_its_terms_and_a_decomposition_its_parts_alone(string name)
    {
        using var random = new Generator(1);
        using var noise = NoiseSource.Seeded(2);
        using var model = Named[name](random);
        using var images = Operators.Rand([2, 3, 32, 32], random);

        Assert.Equal(0, LiveTensors.LeftBy(() =>
        {
            using (var scope = TensorScope.Begin())
            {
                var objective = model.Objective(new(images, [0, 1]), 0, noise);
                Assert.Equal(1 + objective.Terms.Count, scope.Count);
                objective.Total.Backward();
                model.ZeroGrad();
            }
            using (var scope = TensorScope.Begin())
            {
                using var off = GradMode.Off();
                var result = model.Decompose(images, noise);
                Assert.Equal(3 + result.Latents.Count, scope.Count);
            }
        }));
    }
}
