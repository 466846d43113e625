using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class IodineTests : SymmetricModelTests<IodineTests>, ISymmetricVariants
{
    private static readonly Iodine.Options Tiny = new(Height: 16, Width: 16, Slots: 3, Iterations: 3, Size: 4, DecoderFilters: 6, DecoderLayers: 2,
        RefinementFilters: 6, RefinementLayers: 2, Hidden: 8, HeInitialisation: true);

    private static readonly Iodine.Options TinyLin = Tiny with { Version = Iodine.Version.ZhixuanLin };

    private static Iodine Create(Iodine.Options options, ulong seed = 1)
    {
        using var random = new Generator(seed);
        return new(options, random);
    }

    private static Tensor Images(Iodine.Options options, int batch = 2, DType type = DType.Float32) =>
        Waves.Of([batch, options.Channels, options.Height, options.Width], amplitude: 0.5, frequency: 0.011, offset: 0.5).To(type);

    /// <summary>The same draw for every iteration.</summary>
    private static FixedNoise Draw(Iodine.Options options, int batch = 2) => new(Waves.Of([batch, options.Slots, options.Size], frequency: 1.9));

    private static readonly Dictionary<string, Iodine.Options> Named = new()
    {
        ["clevrtex"] = Tiny,
        ["clevrtex, its own start"] = Tiny with { HeInitialisation = false },
        ["clevrtex, one slot"] = Tiny with { Slots = 1 },
        ["clevrtex, one iteration"] = Tiny with { Iterations = 1 },
        ["clevrtex, recomputed"] = Tiny with { Recompute = true },
        ["clevrtex, one iteration, recomputed"] = Tiny with { Iterations = 1, Recompute = true },
        ["clevrtex, no LSTM"] = Tiny with { Recurrent = false },
        ["clevrtex, no LSTM, recomputed"] = Tiny with { Recurrent = false, Recompute = true },
        ["clevrtex, logistic pixels"] = Tiny with { Likelihood = Iodine.Pixels.Logistic, Sigma = 0.03, JointChannels = true },
        ["clevrtex, tiled images"] = Tiny with { TiledImages = true },
        ["clevrtex, no norms"] = Tiny with { Normalise = false },
        ["clevrtex, few inputs"] = Tiny with { Inputs = [Iodine.Input.Image, Iodine.Input.GradPost] },
        ["clevrtex, maps only"] = Tiny with { Inputs = [Iodine.Input.GradMeans, Iodine.Input.Coordinate] },
        ["clevrtex, grey"] = Tiny with { Channels = 1 },
        ["clevrtex, odd sides"] = Tiny with { Height = 13, Width = 17, DecoderKernel = 5, RefinementKernel = 5 },
        ["clevrtex, head on the cell, ELU twice"] = Tiny with { CellHead = true, DoubleElu = true, KlWeight = 0.5 },
        ["clevrtex, small deviations"] = Tiny with { DeviationStart = 0.1 },
        ["clevrtex, pixels by themselves"] = Tiny with { DecoderKernel = 1, DecoderLayers = 1 },
        ["clevrtex, enlarged at the end"] = Tiny with { OutputKernel = 5, OutputStride = 4 },
        ["zhixuan-lin"] = TinyLin,
        ["zhixuan-lin, enlarged at the end"] = TinyLin with { OutputStride = 2 },
        ["zhixuan-lin, PyTorch's start"] = TinyLin with { HeInitialisation = false },
        ["zhixuan-lin, one slot"] = TinyLin with { Slots = 1 },
        ["zhixuan-lin, one iteration"] = TinyLin with { Iterations = 1 },
        ["zhixuan-lin, as published"] = TinyLin with { CellHead = true, DoubleElu = true, StableMaskPosterior = false },
        ["zhixuan-lin, no LSTM"] = TinyLin with { Recurrent = false },
        ["zhixuan-lin, no norms"] = TinyLin with { Normalise = false },
        ["zhixuan-lin, few inputs"] = TinyLin with { Inputs = [Iodine.Input.MaskPosterior, Iodine.Input.Posterior] },
        ["zhixuan-lin, grey, odd sides"] = TinyLin with { Channels = 1, Height = 13, Width = 17, DecoderKernel = 5, RefinementKernel = 5, RefinementStride = 1 },
    };

    public static IReadOnlyDictionary<string, ModelMaker> Variants { get; } =
        Named.ToDictionary(variant => variant.Key, variant => (ModelMaker)(random => new Iodine(variant.Value, random)));

    public static IReadOnlyList<string> BrokenBy { get; } = ["nll/1", "nll/2", "nll/3"];

    public static IReadOnlyList<string> Symmetric { get; } = ["clevrtex", "clevrtex, recomputed", "zhixuan-lin"];

    protected override void Spread(DecompositionModel model, double value) =>
        model.NamedParameters().First(parameter => parameter.Name == "lamda_0").Value.Narrow(1, Tiny.Size, Tiny.Size).Fill_(value);

    [Theory]
    [InlineData("clevrtex")]
    [InlineData("clevrtex, tiled images")]
    [InlineData("clevrtex, no LSTM")]
    [InlineData("clevrtex, one iteration")]
    public void Recomputation_gives_the_same_terms_and_gradients(string variant)
    {
        using var scope = TensorScope.Begin();
        using var plain = Create(Named[variant]);
        using var recomputed = Create(Named[variant] with { Recompute = true });
        var images = Images(Tiny);

        var (expected, actual) = (Train(plain), Train(recomputed));

        Close.Equal([expected.Total.ToDouble()], actual.Total, 1e-5, "total");
        foreach (var ((name, a), (_, b)) in expected.Terms.Zip(actual.Terms)) Close.Equal(a, b, 1e-5, name);
        foreach (var ((name, a), (_, b)) in plain.NamedParameters().Zip(recomputed.NamedParameters()))
        {
            if (a.Grad is not { } gradient)
            {
                Assert.Null(b.Grad);
                continue;
            }
            var scale = Math.Max(1e-12, gradient.Abs().Max().ToDouble());
            Close.Equal(gradient / scale, b.Grad! / scale, 1e-5, name);
        }

        Objective Train(Iodine model)
        {
            using var noise = NoiseSource.Seeded(3);
            var objective = model.Objective(new(images, [0, 1]), 0, noise);
            objective.Total.Backward();
            return objective;
        }
    }

    [Theory]
    [InlineData("clevrtex")]
    [InlineData("clevrtex, recomputed")]
    [InlineData("zhixuan-lin")]
    public void The_loss_is_the_weighted_sum_of_the_iterations_terms(string variant)
    {
        using var scope = TensorScope.Begin();
        var options = Named[variant] with { KlWeight = 0.5 };
        using var model = Create(options);
        var decodings = options.Version == Iodine.Version.ClevrTex ? 3 : 4;

        var objective = model.Objective(new(Images(options), [0, 1]), 0, Draw(options));

        Assert.Equal(Enumerable.Range(1, decodings).SelectMany(i => new[] { $"nll/{i}", $"kl/{i}" }), objective.Terms.Select(term => term.Name));
        var values = objective.Terms.Select(term => term.Value.ToDouble()).ToArray();
        var sum = Enumerable.Range(0, decodings).Sum(i => (i + 1.0) / decodings * (values[2 * i] + 0.5 * values[2 * i + 1]));
        Close.Equal([sum], objective.Total, 1e-5, "loss");
    }

    // The inner gradients of the benchmark are of the batch's mean and so grow smaller with the batch, beside the norm's epsilon: float64, and some tolerance.
    [Theory]
    [InlineData("clevrtex")]
    [InlineData("zhixuan-lin")]
    public void An_image_comes_apart_alone_as_it_does_in_a_batch(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Named[variant]);
        model.To(DType.Float64);
        var images = Images(Tiny, type: DType.Float64);
        var draw = Waves.Of([2, 3, 4], frequency: 1.9);

        var together = model.Decompose(images, new FixedNoise(draw));
        var alone = model.Decompose(images.Narrow(0, 1, 1), new FixedNoise(draw.Narrow(0, 1, 1)));

        Close.Equal(together.Masks.Narrow(0, 1, 1), alone.Masks, 2e-3, "masks");
        Close.Equal(together.Reconstruction.Narrow(0, 1, 1), alone.Reconstruction, 2e-3, "reconstruction");
    }

    [Fact]
    public void Tiling_the_images_confuses_those_of_a_batch_and_no_single_one()
    {
        using var scope = TensorScope.Begin();
        using var right = Create(Tiny);
        using var tiled = Create(Tiny with { TiledImages = true });

        Assert.NotEqual(LossOf(right, 2), LossOf(tiled, 2));
        Assert.Equal(LossOf(right, 1), LossOf(tiled, 1));

        static double LossOf(Iodine model, int batch) => model.Objective(new(Images(Tiny, batch), [0]), 0, Draw(Tiny, batch)).Total.ToDouble();
    }

    [Fact]
    public void A_pixel_that_no_component_explains_breaks_the_original_mask_posterior_in_a_named_iteration_and_not_ours()
    {
        using var scope = TensorScope.Begin();
        using var stable = Create(TinyLin with { Sigma = 0.01 });
        using var original = Create(TinyLin with { Sigma = 0.01, StableMaskPosterior = false });
        var images = Images(Tiny);

        var broken = original.Objective(new(images, [0, 1]), 0, Draw(Tiny));

        Assert.Equal("nll/2", broken.Terms.First(term => !double.IsFinite(term.Value.ToDouble())).Name);
        Assert.False(double.IsFinite(broken.Total.ToDouble()));
        Assert.True(double.IsFinite(stable.Objective(new(images, [0, 1]), 0, Draw(Tiny)).Total.ToDouble()));
    }

    [Theory]
    [InlineData(-1e4, null)]
    [InlineData(1e4, "nll/1")]
    public void A_log_variance_without_bounds_breaks_where_it_is_too_large_only(double spread, string? broken)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(TinyLin);
        using (GradMode.Off()) model.NamedParameters().First(parameter => parameter.Name == "posterior.init_logvar").Value.Fill_(spread);

        var objective = model.Objective(new(Images(TinyLin), [0, 1]), 0, Draw(TinyLin));

        Assert.Equal(broken, objective.Terms.FirstOrDefault(term => !double.IsFinite(term.Value.ToDouble())).Name);
    }

    [Theory]
    [InlineData("clevrtex, one iteration")]
    [InlineData("zhixuan-lin, no LSTM")]
    public void Deviations_start_where_the_option_says(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Named[variant] with { Iterations = 1, DeviationStart = 0.1 });
        double[]? first = null;

        model.Objective(Images(Tiny), Draw(Tiny), iteration => first ??= iteration.Decoding.Sample.ToArray<double>());

        // μ starts at 0, so that a sample is σ·ε.
        Close.Equal((Waves.Of([2, 3, 4], frequency: 1.9) * 0.1).ToArray<double>(), first!, 1e-5, "sample");
    }

    [Fact]
    public void Joint_channels_are_the_same_for_grey_images()
    {
        using var scope = TensorScope.Begin();
        var grey = Tiny with { Channels = 1 };
        using var separate = Create(grey);
        using var joint = Create(grey with { JointChannels = true });

        Close.Equal(separate.Objective(new(Images(grey), [0, 1]), 0, Draw(grey)).Total, joint.Objective(new(Images(grey), [0, 1]), 0, Draw(grey)).Total, 1e-6, "loss");
    }

    [Fact]
    public void State_of_the_benchmark_has_the_originals_names_and_shapes()
    {
        using var model = Create(new());

        Assert.Equal(1_637_060, model.ParameterCount);
        string[] expected =
        [
            "lamda_0 1 256", "gmm_log_scale 1 11 1 1 1",
            "image_decoder.decode.0.weight 64 130 3 3", "image_decoder.decode.0.bias 64",
            .. new[] { 2, 4, 6 }.SelectMany(i => new[] { $"image_decoder.decode.{i}.weight 64 64 3 3", $"image_decoder.decode.{i}.bias 64" }),
            "image_decoder.decode.8.weight 4 64 1 1", "image_decoder.decode.8.bias 4",
            "refine_net.conv.0.weight 64 17 3 3", "refine_net.conv.0.bias 64",
            .. new[] { 2, 4, 6 }.SelectMany(i => new[] { $"refine_net.conv.{i}.weight 64 64 3 3", $"refine_net.conv.{i}.bias 64" }),
            "refine_net.conv.10.weight 256 64", "refine_net.conv.10.bias 256",
            "refine_net.lstm.weight_ih_l0 1024 768", "refine_net.lstm.weight_hh_l0 1024 256", "refine_net.lstm.bias_ih_l0 1024", "refine_net.lstm.bias_hh_l0 1024",
            "refine_net.ref_head.weight 256 256", "refine_net.ref_head.bias 256",
            .. new[] { (0, "1 128 128"), (1, "1 128 128"), (2, "3 128 128"), (3, "1 128 128"), (4, "128"), (5, "128") }
                .SelectMany(norm => new[] { $"layer_norms.{norm.Item1}.weight {norm.Item2}", $"layer_norms.{norm.Item1}.bias {norm.Item2}" }),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), StateOf(model));
        Assert.Equal(Math.Log(0.1), model.NamedBuffers().Single().Value.ToArray<double>()[0], 6);
    }

    [Fact]
    public void State_of_zhixuan_lins_multi_dsprites_has_the_originals_names_and_shapes()
    {
        using var model = Create(new(Iodine.Version.ZhixuanLin, Height: 64, Width: 64, Slots: 6, Size: 16, DecoderFilters: 32, DecoderLayers: 5, RefinementFilters: 32, RefinementLayers: 3, Hidden: 128));
        using var clevr6 = Create(new(Iodine.Version.ZhixuanLin, Slots: 7, Size: 64));

        Assert.Equal((240_036, 1_109_956), (model.ParameterCount, clevr6.ParameterCount));
        string[] expected =
        [
            "refine.mlc.layers.0.weight 32 17 3 3", "refine.mlc.layers.0.bias 32",
            .. new[] { 1, 2 }.SelectMany(i => new[] { $"refine.mlc.layers.{i}.weight 32 32 3 3", $"refine.mlc.layers.{i}.bias 32" }),
            "refine.mlp.layers.0.weight 128 32", "refine.mlp.layers.0.bias 128",
            "refine.lstm.weight_ih 512 192", "refine.lstm.weight_hh 512 128", "refine.lstm.bias_ih 512", "refine.lstm.bias_hh 512",
            "refine.mean_update.weight 16 128", "refine.mean_update.bias 16", "refine.logvar_update.weight 16 128", "refine.logvar_update.bias 16",
            "decoder.mlc.layers.0.weight 32 18 3 3", "decoder.mlc.layers.0.bias 32",
            .. new[] { 1, 2, 3, 4 }.SelectMany(i => new[] { $"decoder.mlc.layers.{i}.weight 32 32 3 3", $"decoder.mlc.layers.{i}.bias 32" }),
            "decoder.conv.weight 4 32 3 3", "decoder.conv.bias 4", "posterior.init_mean 16", "posterior.init_logvar 16",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), StateOf(model));
    }

    [Fact]
    public void The_benchmarks_start_is_grey_and_shared_out_evenly()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { HeInitialisation = false });

        var result = model.Decompose(Images(Tiny), Draw(Tiny));

        Close.Equal([.. Enumerable.Repeat(0.5, 2 * 3 * 3 * 16 * 16)], result.Components, 1e-3, "colours");
        Close.Equal([.. Enumerable.Repeat(1 / 3.0, 2 * 3 * 16 * 16)], result.Masks, 1e-3, "masks");
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "even decoder kernel", "model.decoder_kernel" },
        { "even refinement kernel", "model.refinement_kernel" },
        { "even output kernel", "model.output_kernel" },
        { "gaps between what is painted", "model.output_kernel" },
        { "a part of a pixel", "model.output_stride" },
        { "kernel larger than the image", "model.decoder_kernel" },
        { "cell without LSTM", "model.cell_head" },
        { "no maps", "model.inputs" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Options_that_do_not_fit_are_refused_by_their_name(string mistake, string option)
    {
        var options = mistake switch
        {
            "even decoder kernel" => Tiny with { DecoderKernel = 4 },
            "even refinement kernel" => Tiny with { RefinementKernel = 2 },
            "even output kernel" => Tiny with { OutputKernel = 2 },
            "gaps between what is painted" => Tiny with { OutputStride = 2 },
            "a part of a pixel" => TinyLin with { OutputStride = 3 },
            "kernel larger than the image" => TinyLin with { Height = 8, DecoderKernel = 9 },
            "cell without LSTM" => Tiny with { Recurrent = false, CellHead = true },
            _ => Tiny with { Inputs = [Iodine.Input.Posterior] },
        };

        Assert.StartsWith(option, Assert.Throws<InputException>(() => Create(options)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> StateOf(Iodine model) =>
        model.State().Select(entry => $"{entry.Name} {string.Join(' ', entry.Value.Shape.ToArray())}").Order(StringComparer.Ordinal);
}
