using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Models;

public sealed class MONetTests
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

    public static TheoryData<string> Variants => [.. Named.Keys];

    private static readonly Dictionary<string, MONet.Options> Named = new()
    {
        ["tiny"] = Tiny,
        ["one component"] = Tiny with { Slots = 1 },
        ["whole pixels"] = Tiny with { ChannelMixture = false },
        ["grey"] = Tiny with { Channels = 1 },
        ["not square"] = Tiny with { Height = 20, Width = 12 },
        ["odd sides"] = Tiny with { Height = 13, Width = 19 },
        ["the original's five blocks on tetrominoes"] = Tiny with { Height = 35, Width = 35, Blocks = 5 },
        ["six blocks"] = Tiny with { Height = 64, Width = 64, Blocks = 6, AttentionFilters = 1 },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_variant_trains_a_step_and_decomposes(string variant)
    {
        using var scope = TensorScope.Begin();
        var options = Named[variant];
        using var model = Create(options);
        using var optimizer = new RMSprop(model, 1e-4);
        using var noise = NoiseSource.Seeded(3);
        var images = Images(options);

        model.Objective(new(images, [0, 1]), 0, noise).Total.Backward();
        Assert.True(double.IsFinite(GradientClip.ByNorm(model.Parameters(), double.PositiveInfinity).ToDouble()));
        optimizer.Step();
        Assert.True(double.IsFinite(model.Objective(new(images, [0, 1]), 1, noise).Total.ToDouble()));

        Check(options, options.Slots, 2, model.Decompose(images, noise));
        Assert.Equal((options.Channels, options.Height, options.Width), model.ImageSize);
        Assert.Equal(options.Slots, model.Components);
        Assert.True(model.ForwardOperations(2) > 0);
    }

    private static void Check(MONet.Options options, int k, int batch, Decomposition result)
    {
        var (c, h, w) = (options.Channels, options.Height, options.Width);
        Assert.Equal([batch, c, h, w], result.Reconstruction.Shape.ToArray());
        Assert.Equal([batch, k, c, h, w], result.Components.Shape.ToArray());
        Assert.Equal([batch, k, 1, h, w], result.Masks.Shape.ToArray());
        Close.Equal([.. Enumerable.Repeat(1.0, batch * h * w)], result.Masks.Sum([1]), 1e-5, "sum of masks");
        Close.Equal((result.Components * result.Masks).Sum([1]), result.Reconstruction, 1e-5, "mixed components");
        Assert.Equal([batch, k, options.LatentSize], result.Latents["z"].Shape.ToArray());
    }

    [Fact]
    public void A_batch_of_one_trains()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        using var noise = NoiseSource.Seeded(3);

        var objective = model.Objective(new(Images(Tiny, batch: 1), [0]), 0, noise);
        objective.Total.Backward();

        Assert.True(double.IsFinite(GradientClip.ByNorm(model.Parameters(), double.PositiveInfinity).ToDouble()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Any_number_of_components_can_be_asked_for(int count)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        using var noise = NoiseSource.Seeded(3);

        Assert.True(model.TakesAnyNumberOfComponents);
        Check(Tiny, count, 2, model.Decompose(Images(Tiny), noise, count));
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
    public void Without_noise_the_codes_are_their_means_and_painting_them_again_gives_the_same_pictures()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);

        var result = model.Decompose(Images(Tiny), NoiseSource.Mean);
        var painted = model.Decode(result.Latents[model.LatentName]);

        Close.Equal(result.Latents["mean"], result.Latents["z"], 0, "codes");
        Close.Equal(result.Components, painted.Components, 1e-6, "components");
        Close.Equal([.. Enumerable.Repeat(1.0, 2 * 16 * 16)], painted.Masks.Sum([1]), 1e-5, "sum of masks");
    }

    [Fact]
    public void Permuting_codes_permutes_what_is_painted_of_them()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        var codes = Waves.Of([2, 3, 4], frequency: 1.9).To(DType.Float32);
        var order = Tensor.From<long>([2, 0, 1], [3]);

        var (first, second) = (model.Decode(codes), model.Decode(codes.IndexSelect(1, order)));

        Close.Equal(first.Masks.IndexSelect(1, order), second.Masks, 1e-5, "masks");
        Close.Equal(first.Reconstruction, second.Reconstruction, 1e-5, "reconstruction");
    }

    [Fact]
    public void Single_and_double_precision_agree()
    {
        using var scope = TensorScope.Begin();
        using var single = Create(Tiny);
        using var twice = Create(Tiny);
        twice.To(DType.Float64);

        var expected = twice.Decompose(Images(Tiny, type: DType.Float64), NoiseSource.Mean);
        var actual = single.Decompose(Images(Tiny), NoiseSource.Mean);

        Assert.Equal(DType.Float64, expected.Reconstruction.DType);
        Close.Equal(expected.Reconstruction.ToArray<double>(), actual.Reconstruction.To(DType.Float64), 1e-4, "reconstruction");
    }

    [Fact]
    public void Autocast_stays_close_and_gives_float32_back()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        var images = Images(Tiny);
        var exact = model.Objective(new(images, [0, 1]), 0, NoiseSource.Mean).Total.ToDouble();

        Tensor total;
        Decomposition result;
        using (Autocast.Begin(Device.Cpu))
        {
            total = model.Objective(new(images, [0, 1]), 0, NoiseSource.Mean).Total;
            result = model.Decompose(images, NoiseSource.Mean);
        }
        total.Backward();

        Assert.InRange(total.ToDouble(), 0.97 * exact, 1.03 * exact);
        Assert.Equal((DType.Float32, DType.Float32), (result.Reconstruction.DType, result.Masks.DType));
        Close.Equal([.. Enumerable.Repeat(1.0, 2 * 16 * 16)], result.Masks.Sum([1]), 1e-5, "sum of masks");
        Assert.All(model.NamedParameters(), parameter => Assert.Equal(DType.Float32, parameter.Value.Grad!.DType));
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
