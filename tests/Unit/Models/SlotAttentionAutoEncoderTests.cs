using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class SlotAttentionAutoEncoderTests : SymmetricModelTests<SlotAttentionAutoEncoderTests>, ISymmetricVariants
{
    private static readonly SlotAttentionAutoEncoder.Options Tiny = new(Height: 16, Width: 16, Slots: 3, Iterations: 2, Size: 8, Hidden: 16, Filters: 8, DecoderStart: 4, DecoderStrides: [2, 2]);

    private static SlotAttentionAutoEncoder Create(SlotAttentionAutoEncoder.Options options, ulong seed = 1)
    {
        using var random = new Generator(seed);
        return new(options, random);
    }

    private static Tensor Images(SlotAttentionAutoEncoder.Options options, DType type = DType.Float32) =>
        Waves.Of([2, options.Channels, options.Height, options.Width], amplitude: 0.5, frequency: 0.011, offset: 0.5).To(type);

    public static IReadOnlyDictionary<string, ModelMaker> Variants { get; } = new Dictionary<string, SlotAttentionAutoEncoder.Options>
    {
        ["tiny"] = Tiny,
        ["one slot"] = Tiny with { Slots = 1 },
        ["one round"] = Tiny with { Iterations = 1 },
        ["layer norm over channels"] = Tiny with { LayerNorm = SlotAttentionAutoEncoder.Norm.Channels },
        ["mean loss"] = Tiny with { Loss = SlotAttentionAutoEncoder.Loss.Mean },
        ["signed colours"] = Tiny with { SignedColours = true },
        ["learned start"] = Tiny with { Start = SlotAttention.Start.Learned },
        ["spread start"] = Tiny with { Start = SlotAttention.Start.Spread },
        ["last round's gradient"] = Tiny with { LastIterationGradient = true },
        ["last round's gradient of one round"] = Tiny with { LastIterationGradient = true, Iterations = 1 },
        ["no projection bias, Glorot mean"] = Tiny with { ProjectionBias = false, GlorotMean = true, NormEpsilon = 1e-3 },
        ["strided encoder"] = Tiny with { EncoderStrides = [1, 2, 2] },
        ["resized decoder"] = Tiny with { DecoderStrides = [2, 1] },
        ["grey"] = Tiny with { Channels = 1 },
        ["not square"] = Tiny with { Height = 12, Width = 20, EncoderStrides = [2] },
        ["odd sides and strides"] = Tiny with { Height = 13, Width = 17, EncoderStrides = [2, 2] },
    }.ToDictionary(variant => variant.Key, variant => (ModelMaker)(random => new SlotAttentionAutoEncoder(variant.Value, random)));

    public static IReadOnlyList<string> BrokenBy { get; } = ["reconstruction"];

    public static IReadOnlyList<string> Symmetric { get; } = ["tiny", "layer norm over channels"];

    protected override void Spread(DecompositionModel model, double value) =>
        model.NamedParameters().First(parameter => parameter.Name == "slot_attention.slots_logsigma").Value.Fill_(value);

    [Fact]
    public void The_loss_is_the_squared_error_of_the_decomposition_per_image()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        var images = Images(Tiny);
        var draw = Waves.Of([2, 3, 8], frequency: 1.9).To(DType.Float32);

        var objective = model.Objective(new(images, [0, 1]), 0, new FixedNoise(draw));
        var error = (model.Decompose(images, new FixedNoise(draw)).Reconstruction - images).Square().Sum() / 2;

        Close.Equal([error.ToDouble()], objective.Total, 1e-5, "loss");
        Assert.Equal("reconstruction", Assert.Single(objective.Terms).Name);
    }

    [Fact]
    public void Signed_colours_come_back_in_the_images_own_range()
    {
        using var scope = TensorScope.Begin();
        using var signed = Create(Tiny with { SignedColours = true });
        using var plain = Create(Tiny);
        var images = Images(Tiny);
        var draw = new FixedNoise(Waves.Of([2, 3, 8], frequency: 1.9).To(DType.Float32));

        var expected = (plain.Decompose(images * 2 - 1, draw).Reconstruction + 1) / 2;

        Close.Equal(expected, signed.Decompose(images, draw).Reconstruction, 1e-5, "reconstruction");
    }

    [Fact]
    public void State_has_the_originals_names_shapes_and_order()
    {
        using var model = Create(new());

        Assert.Equal(2_987_524, model.ParameterCount);
        Assert.Equal(Original, model.State().Select(entry => $"{entry.Name} {string.Join(' ', entry.Value.Shape.ToArray())}"));
        Assert.Equal(["encoder_pos.grid", "decoder_pos.grid"], model.NamedBuffers().Select(entry => entry.Name));
    }

    [Fact]
    public void The_number_of_slots_and_rounds_changes_no_parameter()
    {
        using var few = Create(Tiny);
        using var many = Create(Tiny with { Slots = 9, Iterations = 5 });

        Assert.Equal(few.ParameterCount, many.ParameterCount);
    }

    /// <summary>Section 6 of the specification; PyTorch lists a module's parameters before its buffers.</summary>
    private static IEnumerable<string> Original =>
    [
        "encoder_cnn.0.weight 64 3 5 5", "encoder_cnn.0.bias 64",
        .. new[] { 2, 4, 6 }.SelectMany(i => new[] { $"encoder_cnn.{i}.weight 64 64 5 5", $"encoder_cnn.{i}.bias 64" }),
        .. new[] { 0, 2, 4, 6, 8 }.SelectMany(i => new[] { $"decoder_cnn.{i}.weight 64 64 5 5", $"decoder_cnn.{i}.bias 64" }),
        "decoder_cnn.10.weight 64 4 3 3", "decoder_cnn.10.bias 4",
        "encoder_pos.grid 1 4 128 128", "encoder_pos.aff.weight 64 4 1 1", "encoder_pos.aff.bias 64",
        "decoder_pos.grid 1 4 8 8", "decoder_pos.aff.weight 64 4 1 1", "decoder_pos.aff.bias 64",
        "layer_norm.weight 64 128 128", "layer_norm.bias 64 128 128",
        "mlp.0.weight 64 64 1 1", "mlp.0.bias 64", "mlp.2.weight 64 64 1 1", "mlp.2.bias 64",
        "slot_attention.slots_mu 1 1 64", "slot_attention.slots_logsigma 1 1 64",
        .. new[] { "to_q", "to_k", "to_v" }.SelectMany(name => new[] { $"slot_attention.{name}.weight 64 64", $"slot_attention.{name}.bias 64" }),
        "slot_attention.gru.weight_ih 192 64", "slot_attention.gru.weight_hh 192 64", "slot_attention.gru.bias_ih 192", "slot_attention.gru.bias_hh 192",
        "slot_attention.mlp.0.weight 128 64", "slot_attention.mlp.0.bias 128", "slot_attention.mlp.2.weight 64 128", "slot_attention.mlp.2.bias 64",
        .. new[] { "norm_input", "norm_slots", "norm_pre_ff" }.SelectMany(name => new[] { $"slot_attention.{name}.weight 64", $"slot_attention.{name}.bias 64" }),
    ];
}
