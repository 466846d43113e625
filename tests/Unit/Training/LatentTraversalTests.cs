using Scenograph.Data;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training;

namespace Scenograph.Tests.Unit.Training;

public sealed class LatentTraversalTests
{
    private static readonly double[] Values = [-2, 0, 2];

    private static Sample Picture => new() { Index = 0, Channels = 3, Height = 8, Width = 8, Image = new float[192] };

    [Fact]
    public void Dimensions_come_by_their_effect_on_the_picture()
    {
        using var model = new Painter(posterior: true);

        var traversal = Run(model, component: 1);

        Assert.Equal([3, 2, 1, 0], traversal.Dimensions.Select(one => one.Index));
        // Colours 0.15 · (−2, 0, 2).
        Assert.Equal(0.06, traversal.Dimensions[0].Effect, 1e-6);
        Assert.Equal(0, traversal.Dimensions[3].Effect, 1e-9);
    }

    [Fact]
    public void Values_are_absolute_where_the_latents_have_a_posterior_and_its_mean_is_the_start()
    {
        using var model = new Painter(posterior: true);

        var traversal = Run(model, component: 1);

        Assert.Equal(LatentTraversal.Unit.Absolute, traversal.ValueUnit);
        Assert.All(traversal.Dimensions, one => Assert.Equal((1.0, 0.25), (one.Deviation, one.Inferred)));
        Assert.Equal([-2f, 0, 0.25f, 2], model.Decoded.Select(scene => scene[4 + 3]).Distinct().Order());
    }

    [Fact]
    public void Without_a_posterior_values_are_deviations_over_the_components_around_what_was_inferred()
    {
        using var model = new Painter(posterior: false);

        var traversal = Run(model, component: 0);

        // Component 0 has 1 in every dimension, component 1 has 3: deviation 1.
        Assert.Equal(LatentTraversal.Unit.Deviations, traversal.ValueUnit);
        Assert.All(traversal.Dimensions, one => Assert.Equal((1.0, 1.0), (one.Deviation, one.Inferred)));
        Assert.Equal([-1f, 1, 3], model.Decoded.Select(scene => scene[0]).Distinct().Order());
    }

    [Fact]
    public void Only_the_one_number_changes()
    {
        using var model = new Painter(posterior: false);

        Run(model, component: 1, dimensions: [2]);

        Assert.All(model.Decoded, scene => Assert.Equal([1, 1, 1, 1, 3, 3, 3], (float[])[.. scene[..6], scene[7]]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public void The_size_of_a_batch_changes_nothing(int batch)
    {
        using var model = new Painter(posterior: false);

        var (expected, traversal) = (Run(model, component: 1, batch: 12), Run(model, component: 1, batch: batch));

        Assert.Equal(expected.Dimensions.Select(one => (one.Index, one.Effect)), traversal.Dimensions.Select(one => (one.Index, one.Effect)));
        Assert.Equal(expected.Dimensions[0].Scenes[2].Pixels, traversal.Dimensions[0].Scenes[2].Pixels);
        Assert.True(model.LargestBatch <= Math.Max(batch, 12));
    }

    [Fact]
    public void The_largest_component_but_one_is_taken_where_none_is_named()
    {
        using var model = new Painter(posterior: false);

        Assert.Equal(0, Run(model, component: null).Component);
    }

    [Fact]
    public void A_model_without_latents_is_refused()
    {
        using var model = new MixtureNet(new(Height: 8, Width: 8));

        Assert.Equal("mixture-net does not paint its components from latent vectors, so there is nothing to traverse",
            Assert.Throws<InputException>(() => LatentTraversal.Run(model, Picture, 0, null, Values, 4, 0, Device.Cpu)).Message);
    }

    [Fact]
    public void A_number_of_components_that_the_model_cannot_use_is_refused()
    {
        using var learned = new SlotAttentionAutoEncoder(new(Height: 16, Width: 16, Slots: 4, DecoderStart: 4, DecoderStrides: [2, 2], Start: SlotAttention.Start.Learned));
        using var gaussian = new SlotAttentionAutoEncoder(new(Height: 16, Width: 16, Slots: 4, DecoderStart: 4, DecoderStrides: [2, 2]));

        Assert.Equal("this slot-attention takes scenes apart into exactly 4 components, the number it was trained with; it cannot use 5",
            Assert.Throws<InputException>(() => ModelEvaluation.CheckComponents(learned, 5)).Message);
        ModelEvaluation.CheckComponents(learned, 4);
        ModelEvaluation.CheckComponents(gaussian, 5);
    }

    private static LatentTraversal Run(Painter model, int? component, int[]? dimensions = null, int batch = 4) =>
        LatentTraversal.Run(model, Picture, component, dimensions, Values, batch, 0, Device.Cpu);

    /// <summary>Two components of four numbers; the picture is grey, 0.5 + Σ_k Σ_d z_kd · d / 20 without bounds.</summary>
    private sealed class Painter(bool posterior) : DecompositionModel, ILatentComponents
    {
        public List<float[]> Decoded { get; } = [];

        public long LargestBatch { get; private set; }

        public override string Name => "painter";

        public override (int Channels, int Height, int Width) ImageSize => (3, 8, 8);

        public override int Components => 2;

        public string LatentName => "z";

        public override Objective Objective(Batch batch, long step, NoiseSource noise) => throw new NotSupportedException();

        public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
        {
            var result = Paint(Tensor.From((float[])[1, 1, 1, 1, 3, 3, 3, 3], [1, 2, 4]));
            if (!posterior) return result;
            return result with
            {
                Latents = new Dictionary<string, Tensor> { ["z"] = result.Latents["z"], ["mean"] = Operators.Full([1, 2, 4], 0.25), ["deviation"] = Operators.Full([1, 2, 4], 0.1) },
            };
        }

        public Decomposition Decode(Tensor latents)
        {
            LargestBatch = Math.Max(LargestBatch, latents.Size(0));
            Decoded.AddRange(latents.ToArray<float>().Chunk(8));
            return Paint(latents);
        }

        private static Decomposition Paint(Tensor latents)
        {
            var n = latents.Size(0);
            var weights = Tensor.From((float[])[0, 0.05f, 0.1f, 0.15f], [4]);
            var grey = (latents * weights).Sum([1, 2]).Reshape([n, 1, 1, 1]) + Operators.Full([n, 3, 8, 8], 0.5);
            // Component 1 wins everywhere but in the first row.
            var masks = Tensor.From([.. Enumerable.Range(0, (int)n * 128).Select(i => (i % 128 < 64) == (i % 64 < 8) ? 1f : 0f)], [n, 2, 1, 8, 8]);
            return new(grey, Operators.Zeros([n, 2, 3, 8, 8]), masks, new Dictionary<string, Tensor> { ["z"] = latents });
        }
    }
}
