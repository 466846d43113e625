using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class SlotAttentionAutoEncoderTests
{
    private static readonly SlotAttentionAutoEncoder.Options Tiny = new(Height: 16, Width: 16, Slots: 3, Iterations: 2, Size: 8, Hidden: 16, Filters: 8, DecoderStart: 4, DecoderStrides: [2, 2]);

    private static SlotAttentionAutoEncoder Create(SlotAttentionAutoEncoder.Options options, ulong seed = 1)
    {
        using var random = new Generator(seed);
        return new(options, random);
    }

    private static Tensor Images(SlotAttentionAutoEncoder.Options options, DType type = DType.Float32) =>
        Waves.Of([2, options.Channels, options.Height, options.Width], amplitude: 0.5, frequency: 0.011, offset: 0.5).To(type);

    public static TheoryData<string> Variants => [.. Named.Keys];

    private static readonly Dictionary<string, SlotAttentionAutoEncoder.Options> Named = new()
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
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_variant_trains_a_step_and_decomposes(string variant)
    {
        using var scope = TensorScope.Begin();
        var options = Named[variant];
        using var model = Create(options);
        using var optimizer = new Adam(model, 1e-3);
        using var noise = NoiseSource.Seeded(3);
        var images = Images(options);

        var before = model.Objective(new(images, [0, 1]), 0, noise).Total;
        before.Backward();
        Assert.True(double.IsFinite(GradientClip.ByNorm(model.Parameters(), double.PositiveInfinity).ToDouble()));
        optimizer.Step();
        Assert.True(double.IsFinite(model.Objective(new(images, [0, 1]), 1, noise).Total.ToDouble()));

        var (batch, k, c, h, w) = (2, options.Slots, options.Channels, options.Height, options.Width);
        var result = model.Decompose(images, noise);
        Assert.Equal([batch, c, h, w], result.Reconstruction.Shape.ToArray());
        Assert.Equal([batch, k, c, h, w], result.Components.Shape.ToArray());
        Assert.Equal([batch, k, 1, h, w], result.Masks.Shape.ToArray());
        Assert.Equal([batch, k, options.Size], result.Latents["slots"].Shape.ToArray());
        Close.Equal([.. Enumerable.Repeat(1.0, batch * h * w)], result.Masks.Sum([1]), 1e-5, "sum of masks");
        Close.Equal((result.Components * result.Masks).Sum([1]), result.Reconstruction, 1e-5, "mixed components");
        Assert.Equal((c, h, w), model.ImageSize);
        Assert.Equal(k, model.Components);
    }

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
    public void Permuting_the_noise_permutes_masks_and_components_and_leaves_the_reconstruction()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        model.To(DType.Float64);
        var images = Images(Tiny, DType.Float64);
        var draw = Waves.Of([2, 3, 8], frequency: 1.9);
        var order = Tensor.From<long>([2, 0, 1], [3]);

        var first = model.Decompose(images, new FixedNoise(draw));
        var second = model.Decompose(images, new FixedNoise(draw.IndexSelect(1, order)));

        Close.Equal(first.Masks.IndexSelect(1, order), second.Masks, 1e-6, "masks");
        Close.Equal(first.Components.IndexSelect(1, order), second.Components, 1e-6, "components");
        Close.Equal(first.Reconstruction, second.Reconstruction, 1e-6, "reconstruction");
    }

    [Fact]
    public void Single_and_double_precision_agree()
    {
        using var scope = TensorScope.Begin();
        using var single = Create(Tiny);
        using var twice = Create(Tiny);
        twice.To(DType.Float64);
        var draw = Waves.Of([2, 3, 8], frequency: 1.9);

        var expected = twice.Decompose(Images(Tiny, DType.Float64), new FixedNoise(draw));
        var actual = single.Decompose(Images(Tiny), new FixedNoise(draw));

        Assert.Equal(DType.Float64, expected.Reconstruction.DType);
        Close.Equal(expected.Reconstruction.ToArray<double>(), actual.Reconstruction.To(DType.Float64), 1e-4, "reconstruction");
    }

    [Fact]
    public void Autocast_stays_close_and_gives_float32_back()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        var images = Images(Tiny);
        var draw = new FixedNoise(Waves.Of([2, 3, 8], frequency: 1.9).To(DType.Float32));
        var exact = model.Objective(new(images, [0, 1]), 0, draw).Total.ToDouble();

        Tensor total;
        Decomposition result;
        using (Autocast.Begin(Device.Cpu))
        {
            total = model.Objective(new(images, [0, 1]), 0, draw).Total;
            result = model.Decompose(images, draw);
        }
        total.Backward();

        Assert.InRange(total.ToDouble(), 0.97 * exact, 1.03 * exact);
        Assert.Equal((DType.Float32, DType.Float32), (result.Reconstruction.DType, result.Masks.DType));
        Close.Equal([.. Enumerable.Repeat(1.0, 2 * 16 * 16)], result.Masks.Sum([1]), 1e-5, "sum of masks");
        Assert.All(model.NamedParameters(), parameter => Assert.Equal(DType.Float32, parameter.Value.Grad!.DType));
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

    [Fact]
    public void Equal_seeds_give_equal_weights()
    {
        using var first = Create(Tiny, 5);
        using var second = Create(Tiny, 5);
        using var other = Create(Tiny, 6);

        foreach (var ((name, a), (_, b)) in first.State().Zip(second.State())) Assert.True(a.ToBytes().AsSpan().SequenceEqual(b.ToBytes()), name);
        Assert.NotEqual(first.Parameters()[0].ToBytes(), other.Parameters()[0].ToBytes());
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
