using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Models;

public sealed class GenesisV2Tests : DecompositionModelTests<GenesisV2Tests>, IModelVariants
{
    private static readonly GenesisV2.Options Tiny = new(Height: 32, Width: 32, Slots: 3, Size: 8);

    private static GenesisV2 Create(GenesisV2.Options options, ulong seed = 1)
    {
        using var random = new Generator(seed);
        return new(options, random);
    }

    private static Tensor Images(GenesisV2.Options options, int batch = 2, DType type = DType.Float32) =>
        Waves.Of([batch, options.Channels, options.Height, options.Width], amplitude: 0.5, frequency: 0.011, offset: 0.5).To(type);

    private static readonly Dictionary<string, GenesisV2.Options> Named = new()
    {
        ["tiny"] = Tiny,
        ["one component"] = Tiny with { Slots = 1 },
        ["two components"] = Tiny with { Slots = 2 },
        ["laplacian"] = Tiny with { Kernel = GenesisV2.Kernel.Laplacian },
        ["epanechnikov"] = Tiny with { Kernel = GenesisV2.Kernel.Epanechnikov },
        ["no semi-convolution"] = Tiny with { SemiConvolution = false },
        ["standard normal prior"] = Tiny with { AutoregressivePrior = false },
        ["mask loss"] = Tiny with { MaskLoss = true },
        ["mask loss both ways"] = Tiny with { MaskLoss = true, DetachPaintedMasks = false },
        ["dynamic number of components"] = Tiny with { DynamicSlots = true, Slots = 6 },
        ["unbounded colours"] = Tiny with { PixelBound = false },
        ["whole pixels"] = Tiny with { ChannelMixture = false },
        ["fixed weight"] = Tiny with { Geco = false, BetaStart = 0.5 },
        ["compatible"] = Tiny with { Compatible = true },
        ["grey"] = Tiny with { Channels = 1 },
        ["not square"] = Tiny with { Height = 32, Width = 48 },
        ["few groups, wide start, places shown"] = Tiny with { Height = 36, Width = 40, Groups = 4, DecoderStrides = [1, 2, 1, 2], ShowPlaces = true },
        ["small deviations"] = Tiny with { DeviationStart = 0.1 },
        ["five blocks"] = Tiny with { Height = 64, Width = 64 },
    };

    public static IReadOnlyDictionary<string, ModelMaker> Variants { get; } =
        Named.ToDictionary(variant => variant.Key, variant => (ModelMaker)(random => new GenesisV2(variant.Value, random)));

    public static IReadOnlyList<string> BrokenBy { get; } = ["reconstruction", "reconstruction", "reconstruction"];

    /// <summary>σ is the softplus of the second half of what the codes' head gives.</summary>
    protected override void Spread(DecompositionModel model, double value)
    {
        var parameters = model.NamedParameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        parameters["z_head.3.weight"].Narrow(0, Tiny.Size, Tiny.Size).Zero_();
        parameters["z_head.3.bias"].Narrow(0, Tiny.Size, Tiny.Size).Fill_(value);
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("laplacian")]
    [InlineData("epanechnikov")]
    [InlineData("dynamic number of components")]
    public void Shares_of_the_stick_sum_to_one_at_every_pixel(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Named[variant]);
        using var noise = NoiseSource.Seeded(3);

        var shares = model.Forward(Images(Tiny), noise).AttentionLogMasks.Exp().Sum([1]);

        Close.Equal([.. Enumerable.Repeat(1.0, 2 * 32 * 32)], shares, 1e-5, "sum of shares");
    }

    [Fact]
    public void A_seed_is_the_pixel_with_the_largest_number_where_nothing_is_taken_yet()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        using var noise = NoiseSource.Seeded(3);
        using var again = NoiseSource.Seeded(3);

        var output = model.Forward(Images(Tiny), noise);
        var field = again.Uniform([2, 1, 32, 32], output.Colours);

        Assert.Equal(field.Flatten(1).Argmax(1).ToArray<long>(), output.Seeds!.Select(1, 0).ToArray<long>());
    }

    [Fact]
    public void With_the_gate_shut_embeddings_are_the_pixels_places()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        using var noise = NoiseSource.Seeded(3);

        var colours = model.Forward(Images(Tiny), noise).Colours;

        Assert.Equal(0, colours.Narrow(1, 0, 6).Abs().Max().ToDouble());
        Close.Equal(Operators.Linspace(-1, 1, 32).View([1, 32, 1]).Expand([2, 32, 32]), colours.Select(1, 6), 1e-6, "rows");
        Close.Equal(Operators.Linspace(-1, 1, 32).View([1, 1, 32]).Expand([2, 32, 32]), colours.Select(1, 7), 1e-6, "columns");
    }

    [Fact]
    public void Components_that_a_dynamic_number_leaves_out_have_no_share_no_mask_and_no_divergence()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { DynamicSlots = true, Slots = 24 });
        using var noise = NoiseSource.Seeded(3);

        var output = model.Forward(Images(Tiny), noise);
        var taking = output.Taking!.To(DType.Float32);
        var idle = 1 - taking;
        var divergences = model.Terms(Images(Tiny), output).Divergences;

        Assert.True(idle.Sum().ToDouble() > 0);
        Assert.Equal(1, taking.Narrow(1, 0, 1).Min().ToDouble());
        Assert.Equal(0, (output.AttentionLogMasks.Exp().Sum([2, 3, 4]) * idle).Max().ToDouble());
        Assert.Equal(0, (output.LogMasks.Exp().Sum([2, 3, 4]) * idle).Max().ToDouble());
        Assert.Equal(0, (divergences * idle).Abs().Max().ToDouble());
    }

    [Fact]
    public void The_loss_is_the_error_and_the_weighted_divergence()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { Geco = false, BetaStart = 0.25, MaskLoss = true });

        var objective = model.Objective(new(Images(Tiny), [0, 1]), 0, new WaveNoise());
        var terms = objective.Terms.ToDictionary(term => term.Name, term => term.Value.ToDouble());

        Assert.Equal(0.25, terms["beta"]);
        Close.Equal([terms["reconstruction"] + 0.25 * (terms["kl"] + terms["mask_kl"])], objective.Total, 1e-5, "loss");
    }

    [Fact]
    public void Detaching_painted_masks_changes_gradients_and_no_value()
    {
        using var scope = TensorScope.Begin();
        using var detached = Create(Tiny with { MaskLoss = true });
        using var both = Create(Tiny with { MaskLoss = true, DetachPaintedMasks = false });

        (double Loss, double Norm) Train(GenesisV2 model)
        {
            var total = model.Objective(new(Images(Tiny), [0, 1]), 0, new WaveNoise()).Total;
            total.Backward();
            return (total.ToDouble(), model.NamedParameters().First(p => p.Name == "decoder_module.13.weight").Value.Grad!.Norm(2).ToDouble());
        }
        var (a, b) = (Train(detached), Train(both));

        Assert.Equal(a.Loss, b.Loss);
        Assert.NotEqual(a.Norm, b.Norm);
    }

    [Fact]
    public void The_controller_follows_training()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);

        var objective = model.Objective(new(Images(Tiny), [0, 1]), 0, new WaveNoise());

        Assert.Equal(1, objective.Terms.First(term => term.Name == "beta").Value.ToDouble());
        Assert.NotEqual(1, model.Controller.Beta.ToDouble());
        Assert.Equal(objective.Terms.First(term => term.Name == "reconstruction").Value.ToDouble(), model.Controller.MeanError.ToDouble());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_controller_follows_evaluation_only_where_it_is_compatible(bool compatible)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { Compatible = compatible });
        model.Eval();

        using (InferenceMode.Begin()) model.Decompose(Images(Tiny), new WaveNoise());
        model.Objective(new(Images(Tiny), [0, 1]), 0, new WaveNoise());

        Assert.Equal(compatible, model.Controller.Beta.ToDouble() != 1);
        Assert.Equal(compatible, !double.IsNaN(model.Controller.MeanError.ToDouble()));
    }

    [Fact]
    public void A_model_goes_on_from_a_compatible_evaluation()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { Compatible = true });

        using (InferenceMode.Begin()) model.Decompose(Images(Tiny), new WaveNoise());
        model.Objective(new(Images(Tiny), [0, 1]), 0, new WaveNoise()).Total.Backward();

        Assert.True(double.IsFinite(GradientClip.ByNorm(model.Parameters(), double.PositiveInfinity).ToDouble()));
    }

    [Fact]
    public void The_controllers_average_is_part_of_the_state()
    {
        using var model = Create(Tiny);
        Assert.Contains("geco.err_ema", model.State().Select(entry => entry.Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Scenes_of_any_number_of_components_can_be_generated(int count)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        using var noise = NoiseSource.Seeded(3);

        Close.Equal([.. Enumerable.Repeat(1.0, 5 * 32 * 32)], model.Generate(5, noise, count).Masks.Sum([1]), 1e-5, "sum of masks");
    }

    [Fact]
    public void Deviations_start_where_the_option_says()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { DeviationStart = 0.1 });

        Assert.InRange(model.Decompose(Images(Tiny), new WaveNoise()).Latents["deviation"].Mean().ToDouble(), 0.06, 0.16);
    }

    [Fact]
    public void A_generated_scene_follows_the_prior_that_the_loss_measures()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);

        var latents = model.Generate(2, NoiseSource.Mean).Latents["z"];
        var prior = model.LatentPrior(latents)!.Value;

        Close.Equal([.. new double[2 * 8]], latents.Narrow(1, 0, 1), 1e-9, "first code");
        Close.Equal(prior.Mean, latents.Narrow(1, 1, 2), 1e-6, "further codes");
    }

    [Fact]
    public void A_checkpoint_of_the_benchmark_is_imported_whole()
    {
        using var model = ImportedCheckpoint.Of("genesis_v2.pth", new ModelRecipe("genesis-v2", new GenesisV2.Options()));

        Assert.Equal(2_840_270, model.ParameterCount);
        var state = model.State().ToList();
        Assert.Equal(("geco.err_ema", 93), (state[^1].Name, state.Count));
        ImportedCheckpoint.CheckValues(state.SkipLast(1));
        Assert.True(double.IsNaN(state[^1].Value.ToDouble()));
        Assert.Equal(DType.Float64, state.First(entry => entry.Name == "att_process.log_sigma").Value.DType);
    }

    [Fact]
    public void A_checkpoint_of_the_authors_repository_is_imported_by_its_own_names()
    {
        using var model = ImportedCheckpoint.Of("genesis_v2_authors.pth", new ModelRecipe("genesis-v2", new GenesisV2.Options()));
        using var benchmark = ImportedCheckpoint.Of("genesis_v2.pth", new ModelRecipe("genesis-v2", new GenesisV2.Options()));

        foreach (var ((name, expected), (_, actual)) in benchmark.NamedParameters().Zip(model.NamedParameters())) Assert.True(expected.Equal(actual), name);
        Assert.Equal(1, ((GenesisV2)model).Controller.Beta.ToDouble());
    }

    [Theory]
    [InlineData(30, 32, 8, "model.height is 30")]
    [InlineData(32, 40, 8, "model.width is 40")]
    [InlineData(256, 256, 8, "below 256")]
    [InlineData(32, 32, 12, "model.size is 12")]
    public void Sizes_that_do_not_fit_are_refused(int height, int width, int size, string message)
    {
        var refusal = Assert.Throws<InputException>(() => Create(new(Height: height, Width: width, Size: size)));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }
}
