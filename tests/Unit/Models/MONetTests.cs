using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Models;

public sealed class MONetTests : DecompositionModelTests<MONetTests>, IModelVariants
{
    private static readonly MONet.Options Tiny = new(Height: 16, Width: 16, Slots: 3, Blocks: 3, LatentSize: 4, AttentionFilters: 4, EncoderFilters: [4, 8],
        EncoderHidden: 8, DecoderFilters: [6, 6]);

    private static MONet Create(MONet.Options options, ulong seed = 1)
    {
        using var random = new Generator(seed);
        return new(options, random);
    }

    private static Tensor Images(MONet.Options options, int batch = 2, DType type = DType.Float32) =>
        Waves.Of([batch, options.Channels, options.Height, options.Width], amplitude: 0.5, frequency: 0.011, offset: 0.5).To(type);

    public static IReadOnlyDictionary<string, ModelMaker> Variants { get; } = new Dictionary<string, MONet.Options>
    {
        ["tiny"] = Tiny,
        ["one component"] = Tiny with { Slots = 1 },
        ["whole pixels"] = Tiny with { ChannelMixture = false },
        ["grey"] = Tiny with { Channels = 1 },
        ["not square"] = Tiny with { Height = 20, Width = 12 },
        ["small deviations"] = Tiny with { DeviationStart = 0.1 },
        ["odd sides"] = Tiny with { Height = 13, Width = 19 },
        ["the original's five blocks on tetrominoes"] = Tiny with { Height = 35, Width = 35, Blocks = 5 },
        ["six blocks"] = Tiny with { Height = 64, Width = 64, Blocks = 6, AttentionFilters = 1 },
    }.ToDictionary(variant => variant.Key, variant => (ModelMaker)(random => new MONet(variant.Value, random)));

    public static IReadOnlyList<string> BrokenBy { get; } = ["reconstruction", "reconstruction", "reconstruction"];

    /// <summary>Attention needs an image.</summary>
    protected override bool PaintsItsMasks => false;

    /// <summary>log σ is the second half of what the encoder's last layer gives.</summary>
    protected override void Spread(DecompositionModel model, double value)
    {
        var parameters = model.NamedParameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        parameters["enc.7.weight"].Narrow(0, Tiny.LatentSize, Tiny.LatentSize).Zero_();
        parameters["enc.7.bias"].Narrow(0, Tiny.LatentSize, Tiny.LatentSize).Fill_(value);
    }

    [Fact]
    public void The_loss_is_the_weighted_sum_of_its_terms()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { Beta = 0.3, Gamma = 0.7 });

        var objective = model.Objective(new(Images(Tiny), [0, 1]), 0, NoiseSource.Mean);
        var terms = objective.Terms.ToDictionary(term => term.Name, term => term.Value.ToDouble());

        Close.Equal([terms["reconstruction"] + 0.3 * terms["kl"] + 0.7 * terms["mask_kl"]], objective.Total, 1e-5, "loss");
        Assert.True(terms["kl"] > 0);
        Assert.True(terms["mask_kl"] > 0);
    }

    [Fact]
    public void Deviations_start_where_the_option_says()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { DeviationStart = 0.1 });

        Assert.InRange(model.Decompose(Images(Tiny), NoiseSource.Mean).Latents["deviation"].Mean().ToDouble(), 0.06, 0.16);
    }

    [Fact]
    public void Each_images_loss_is_its_own()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        model.To(DType.Float64);
        var images = Images(Tiny, batch: 2, DType.Float64);

        double Loss(Tensor batch) => model.Objective(new(batch, []), 0, NoiseSource.Mean).Total.ToDouble();

        Assert.Equal((Loss(images.Narrow(0, 0, 1)) + Loss(images.Narrow(0, 1, 1))) / 2, Loss(images), 1e-6);
    }

    [Fact]
    public void Mixing_whole_pixels_or_channels_is_the_same_for_grey_images()
    {
        using var scope = TensorScope.Begin();
        var grey = Tiny with { Channels = 1 };
        using var channels = Create(grey);
        using var pixels = Create(grey with { ChannelMixture = false });

        double Loss(MONet model) => model.Objective(new(Images(grey), [0, 1]), 0, NoiseSource.Mean).Total.ToDouble();

        Assert.Equal(Loss(channels), Loss(pixels), 1e-3);
    }

    [Fact]
    public void The_first_component_has_the_backgrounds_scale()
    {
        using var scope = TensorScope.Begin();
        using var narrow = Create(Tiny with { Slots = 1, BackgroundScale = 0.1, ForegroundScale = 0.5 });
        using var other = Create(Tiny with { Slots = 1, BackgroundScale = 0.1, ForegroundScale = 0.2 });

        double Loss(MONet model) => model.Objective(new(Images(Tiny), [0, 1]), 0, NoiseSource.Mean).Total.ToDouble();

        Assert.Equal(Loss(narrow), Loss(other));
    }

    [Fact]
    public void A_mask_that_is_nothing_gives_finite_gradients()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        using (GradMode.Off()) model.NamedParameters().First(p => p.Name == "att.output.bias").Value.Fill_(300);
        var images = Images(Tiny);

        Assert.Equal(0, model.Decompose(images, NoiseSource.Mean).Masks.Narrow(1, 1, 2).Amax([0, 1, 2, 3, 4]).ToDouble());
        model.Objective(new(images, [0, 1]), 0, NoiseSource.Mean).Total.Backward();

        Assert.True(double.IsFinite(GradientClip.ByNorm(model.Parameters(), double.PositiveInfinity).ToDouble()));
    }

    [Fact]
    public void A_published_checkpoint_is_imported_whole()
    {
        using var model = ImportedCheckpoint.Of("monet.ckpt", new ModelRecipe("monet", new MONet.Options(AttentionFilters: 16)));

        ImportedCheckpoint.CheckValues(model.State());
    }

    [Fact]
    public void The_benchmarks_model_has_the_originals_number_of_parameters()
    {
        using var model = Create(new());

        Assert.Equal(22_161_765, model.ParameterCount);
        Assert.Equal([1024L, 1024, 1024, 512, 256, 128], model.NamedParameters().Where(p => p.Name.StartsWith("att.upblocks", StringComparison.Ordinal) && p.Value.Dimensions == 4).Select(p => p.Value.Size(1)));
    }

    [Fact]
    public void A_checkpoint_of_other_sizes_is_refused_by_name()
    {
        var refusal = Assert.Throws<InputException>(() => ImportedCheckpoint.Of("monet.ckpt", new ModelRecipe("monet", new MONet.Options(AttentionFilters: 16, Blocks: 5))));

        Assert.Contains("att.upblocks.5.conv.weight", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_that_would_shrink_to_a_pixel_are_refused()
    {
        var refusal = Assert.Throws<InputException>(() => Create(new(Height: 32, Width: 32)));

        Assert.Contains("model.blocks is 6", refusal.Message, StringComparison.Ordinal);
    }
}
