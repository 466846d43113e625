using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

/// <summary>What a pass made on its way is gone before the backward pass, or its peak of memory would hold it.</summary>
[Collection(ProcessWide.Name)]
public sealed class KeptTensorTests
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, ModelMaker>> Models = new()
    {
        ["efficient-morl"] = EfficientMorlTests.Variants,
        ["genesis-v2"] = GenesisV2Tests.Variants,
        ["iodine"] = IodineTests.Variants,
        ["monet"] = MONetTests.Variants,
        ["slot-attention"] = SlotAttentionAutoEncoderTests.Variants,
    };

    [Theory]
    [InlineData("efficient-morl", "tiny")]
    [InlineData("efficient-morl", "GECO from the start")]
    [InlineData("efficient-morl", "recomputed")]
    [InlineData("efficient-morl", "no refinement")]
    [InlineData("genesis-v2", "tiny")]
    [InlineData("genesis-v2", "mask loss")]
    [InlineData("genesis-v2", "dynamic number of components")]
    [InlineData("genesis-v2", "compatible")]
    [InlineData("genesis-v2", "one component")]
    [InlineData("iodine", "clevrtex")]
    [InlineData("iodine", "clevrtex, recomputed")]
    [InlineData("iodine", "zhixuan-lin")]
    [InlineData("monet", "tiny")]
    [InlineData("slot-attention", "tiny")]
    [InlineData("slot-attention", "last round's gradient")]
    public void An_objective_keeps_its_terms_and_a_decomposition_its_parts_alone(string name, string variant)
    {
        using var random = new Generator(1);
        using var noise = NoiseSource.Seeded(2);
        using var model = Models[name][variant](random);
        var (channels, height, width) = model.ImageSize;
        using var images = Operators.Rand([2, channels, height, width], random);

        Assert.Equal(0, LiveTensors.LeftBy(() =>
        {
            using (var scope = TensorScope.Begin())
            {
                var objective = model.Objective(new(images, [0, 1]), 5, noise);
                Assert.Equal(objective.Terms.Select(term => term.Value).Append(objective.Total).Distinct().Count(), scope.Count);
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
