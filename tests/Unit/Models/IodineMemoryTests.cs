using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

[Collection(ProcessWide.Name)]
public sealed class IodineMemoryTests
{
    [Theory]
    [InlineData(Iodine.Version.ClevrTex, false)]
    [InlineData(Iodine.Version.ClevrTex, true)]
    [InlineData(Iodine.Version.ZhixuanLin, false)]
    public void A_training_step_and_a_decomposition_leave_no_tensor_behind(Iodine.Version version, bool recompute)
    {
        using var random = new Generator(1);
        using var noise = NoiseSource.Seeded(2);
        using var model = new Iodine(new(version, Height: 12, Width: 12, Slots: 2, Iterations: 2, Size: 4, DecoderFilters: 4, DecoderLayers: 2, RefinementFilters: 4, RefinementLayers: 2, Hidden: 4, Recompute: recompute), random);

        Assert.Equal(0, LiveTensors.LeftBy(() =>
        {
            using var scope = TensorScope.Begin();
            var images = Operators.Rand([2, 3, 12, 12], random);
            model.Objective(new(images, [0, 1]), 1, noise).Total.Backward();
            model.ZeroGrad();
            using var off = GradMode.Off();
            model.Decompose(images, noise);
        }));
    }
}
