#pragma warning disable CA1000 // member data have to be static

using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;
using Scenograph.Torch.Serialization;

namespace Scenograph.Tests.Unit.Models;

/// <summary>Makes a model of the size that tests need.</summary>
public delegate DecompositionModel ModelMaker(Generator random);

/// <summary>What a model's test class gives to have every promise of <see cref="DecompositionModel"/> checked.</summary>
public interface IModelVariants
{
    /// <summary>Small models by what is particular to each. The first is the plain one, of three components.</summary>
    static abstract IReadOnlyDictionary<string, ModelMaker> Variants { get; }

    /// <summary>The first term that is not a number when one of the plain model's normal draws is none, for each draw.</summary>
    static abstract IReadOnlyList<string> BrokenBy { get; }
}

/// <summary>For models whose components differ by their noise alone.</summary>
public interface ISymmetricVariants : IModelVariants
{
    /// <summary>The variants of three components for which that is so.</summary>
    static abstract IReadOnlyList<string> Symmetric { get; }
}

/// <summary>The promises that every decomposition model keeps, for each variant that its own test class names.</summary>
public abstract class DecompositionModelTests<TVariants> where TVariants : IModelVariants
{
    private const int Batch = 2;

    public static TheoryData<string> Names => [.. TVariants.Variants.Keys];

    public static TheoryData<int> Draws => [.. Enumerable.Range(1, TVariants.BrokenBy.Count)];

    private static string Plain => TVariants.Variants.Keys.First();

    /// <summary>Sets the spread of every posterior, before it is made positive.</summary>
    protected abstract void Spread(DecompositionModel model, double value);

    /// <summary>How far single precision may be off.</summary>
    protected virtual double SinglePrecision => 1e-4;

    /// <summary>Whether the masks of a decomposition are those that its latents are painted with.</summary>
    protected virtual bool PaintsItsMasks => true;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_variant_trains(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(variant);
        using var optimizer = new Adam(model, 1e-3);
        using var noise = NoiseSource.Seeded(3);
        var images = Images(model);

        foreach (var step in new[] { 0, 5 }) // before and behind what starts later
        {
            var total = model.Objective(new(images, [0, 1]), step, noise).Total;
            total.Backward();
            Assert.True(double.IsFinite(total.ToDouble()) && double.IsFinite(GradientClip.ByNorm(model.Parameters(), 5).ToDouble()), $"step {step}");
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_decomposition_has_the_contracts_shapes_and_masks_that_sum_to_one(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(variant);

        Check(model, Decompose(model, Images(model)), Batch, model.Components);
        Assert.True(model.ForwardOperations(Batch) > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_batch_of_one_trains(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(variant);
        using var noise = NoiseSource.Seeded(3);

        model.Objective(new(Images(model, batch: 1), [0]), 0, noise).Total.Backward();

        Assert.True(double.IsFinite(GradientClip.ByNorm(model.Parameters(), double.PositiveInfinity).ToDouble()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Any_number_of_components_will_do_after_training(int count)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Plain);
        model.Eval();

        Assert.True(model.TakesAnyNumberOfComponents);
        Check(model, Decompose(model, Images(model), components: count), Batch, count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_decomposition_needs_no_gradients_from_outside_and_leaves_none(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(variant);
        using var off = GradMode.Off();

        var result = Decompose(model, Images(model));

        Assert.False(GradMode.IsEnabled);
        Assert.All([result.Reconstruction, result.Components, result.Masks, .. result.Latents.Values], value => Assert.False(value.RequiresGrad));
        Assert.All(model.Parameters(), parameter => Assert.Null(parameter.Grad));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_objective_itself_leaves_the_parameters_gradients_alone(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(variant);

        model.Objective(new(Images(model), [0, 1]), 0, new WaveNoise());

        Assert.All(model.Parameters(), parameter => Assert.Null(parameter.Grad));
    }

    [Fact]
    public void Painting_the_latents_again_gives_the_decomposition_again()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Plain);
        var result = Decompose(model, Images(model));

        var painted = ((ILatentComponents)model).Decode(result.Latents[((ILatentComponents)model).LatentName]);

        Close.Equal(result.Components, painted.Components, 1e-6, "components");
        Close.Equal([.. Enumerable.Repeat(1.0, (int)painted.Masks.Count / 3)], painted.Masks.Sum([1]), 1e-5, "sum of masks");
        if (!PaintsItsMasks) return;
        Close.Equal(result.Masks, painted.Masks, 1e-6, "masks");
        Close.Equal(result.Reconstruction, painted.Reconstruction, 1e-6, "reconstruction");
    }

    [Fact]
    public void Permuting_the_latents_permutes_what_is_painted_of_them()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Plain);
        var painter = (ILatentComponents)model;
        var latents = Decompose(model, Images(model)).Latents[painter.LatentName];
        var order = Tensor.From<long>([2, 0, 1], [3]);

        var (first, second) = (painter.Decode(latents), painter.Decode(latents.IndexSelect(1, order)));

        Close.Equal(first.Masks.IndexSelect(1, order), second.Masks, 1e-5, "masks");
        Close.Equal(first.Components.IndexSelect(1, order), second.Components, 1e-5, "components");
        Close.Equal(first.Reconstruction, second.Reconstruction, 1e-5, "reconstruction");
    }

    [Fact]
    public void Single_and_double_precision_agree()
    {
        using var scope = TensorScope.Begin();
        using var single = Create(Plain);
        using var twice = Create(Plain);
        twice.To(DType.Float64);

        var expected = Decompose(twice, Images(twice, type: DType.Float64));
        var actual = Decompose(single, Images(single));

        Assert.Equal(DType.Float64, expected.Reconstruction.DType);
        Close.Equal(expected.Reconstruction.ToArray<double>(), actual.Reconstruction, SinglePrecision, "reconstruction");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Autocast_stays_close_and_gives_float32_back(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(variant);
        model.Eval(); // the value of a constrained loss follows the training so far
        var images = Images(model);
        var exact = model.Objective(new(images, [0, 1]), 0, new WaveNoise()).Total.ToDouble();

        Tensor total;
        Decomposition result;
        using (Autocast.Begin(Device.Cpu))
        {
            total = model.Objective(new(images, [0, 1]), 0, new WaveNoise()).Total;
            result = Decompose(model, images);
        }
        total.Backward();

        Assert.InRange(total.ToDouble(), exact - 0.03 * Math.Abs(exact), exact + 0.03 * Math.Abs(exact));
        Check(model, result, Batch, model.Components);
        Assert.All([result.Reconstruction, result.Components, result.Masks, .. result.Latents.Values], value => Assert.Equal(DType.Float32, value.DType));
        Assert.All(model.Parameters(), parameter => Assert.Equal(parameter.DType, parameter.Grad?.DType ?? parameter.DType));
    }

    [Fact]
    public void Saved_weights_give_the_same_decomposition()
    {
        using var scope = TensorScope.Begin();
        using var folder = new TemporaryFolder();
        using var model = Create(Plain);
        using var other = Create(Plain, seed: 2);

        ModuleState.Save(folder["model.safetensors"], [.. model.State()]);
        using (var file = SafetensorsFile.Open(folder["model.safetensors"])) ModuleState.Load(file, [.. other.State()]);

        Assert.Equal(Decompose(model, Images(model)).Masks.ToBytes(), Decompose(other, Images(other)).Masks.ToBytes());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_seeds_give_equal_weights_and_others_others(string variant)
    {
        using var first = Create(variant);
        using var second = Create(variant);
        using var other = Create(variant, seed: 2);

        foreach (var ((name, a), (_, b)) in first.State().Zip(second.State())) Assert.True(a.ToBytes().AsSpan().SequenceEqual(b.ToBytes()), name);
        Assert.Contains(first.Parameters().Zip(other.Parameters()), pair => !pair.First.ToBytes().AsSpan().SequenceEqual(pair.Second.ToBytes()));
    }

    [Theory]
    [MemberData(nameof(Draws))]
    public void A_number_that_is_none_shows_first_in_the_term_of_its_iteration(int draw)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Plain);

        var objective = model.Objective(new(Images(model), [0, 1]), 0, new WaveNoise(broken: draw));

        Assert.False(double.IsFinite(objective.Total.ToDouble()));
        Assert.Equal(TVariants.BrokenBy[draw - 1], FirstBroken(objective));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_broken_image_breaks_a_named_term_and_leaves_the_models_state_alone(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(variant);
        var images = Images(model);
        model.Objective(new(images, [0, 1]), 5, new WaveNoise());
        var before = model.NamedBuffers().Select(buffer => buffer.Value.ToBytes()).ToList();

        var objective = model.Objective(new(images * double.NaN, [0, 1]), 6, new WaveNoise());

        Assert.False(double.IsFinite(objective.Total.ToDouble()));
        Assert.NotNull(FirstBroken(objective));
        Assert.Equal(before, model.NamedBuffers().Select(buffer => buffer.Value.ToBytes()));
    }

    [Theory]
    [InlineData(-1e4)]
    [InlineData(-80)]
    [InlineData(80)]
    [InlineData(1e4)]
    public void A_posterior_that_collapsed_has_a_finite_loss_or_a_term_that_says_where_it_broke(double spread)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Plain);
        using (GradMode.Off()) Spread(model, spread);

        var objective = model.Objective(new(Images(model), [0, 1]), 0, new WaveNoise());
        var result = Decompose(model, Images(model));

        Assert.True(double.IsFinite(objective.Total.ToDouble()) == FirstBroken(objective) is null, $"the loss is {objective.Total.ToDouble()}, broken is {FirstBroken(objective) ?? "no term"}");
        Assert.Equal(model.Components, result.Masks.Size(1));
    }

    /// <summary>The name that the trainer gives when it ends a run.</summary>
    private static string? FirstBroken(Objective objective) => objective.Terms.FirstOrDefault(term => !double.IsFinite(term.Value.ToDouble())).Name;

    private protected static DecompositionModel Create(string variant, ulong seed = 1)
    {
        using var random = new Generator(seed);
        return TVariants.Variants[variant](random);
    }

    private protected static Tensor Images(DecompositionModel model, int batch = Batch, DType type = DType.Float32)
    {
        var (c, h, w) = model.ImageSize;
        return Waves.Of([batch, c, h, w], amplitude: 0.5, frequency: 0.011, offset: 0.5).To(type);
    }

    private protected static Decomposition Decompose(DecompositionModel model, Tensor images, int[]? order = null, int? components = null)
    {
        using var off = GradMode.Off();
        return model.Decompose(images, new WaveNoise(order), components);
    }

    private static void Check(DecompositionModel model, Decomposition result, int batch, int k)
    {
        var (c, h, w) = model.ImageSize;
        Assert.Equal([batch, c, h, w], result.Reconstruction.Shape.ToArray());
        Assert.Equal([batch, k, c, h, w], result.Components.Shape.ToArray());
        Assert.Equal([batch, k, 1, h, w], result.Masks.Shape.ToArray());
        Close.Equal([.. Enumerable.Repeat(1.0, batch * h * w)], result.Masks.Sum([1]), 1e-5, "sum of masks");
        Close.Equal((result.Components * result.Masks).Sum([1]), result.Reconstruction, 1e-5, "mixed components");
        Assert.Contains(((ILatentComponents)model).LatentName, result.Latents.Keys);
        Assert.All(result.Latents, latent => Assert.Equal([batch, k, result.Latents[((ILatentComponents)model).LatentName].Size(2)], latent.Value.Shape.ToArray()));
    }
}

/// <summary>The further promise of models whose components differ by their noise alone.</summary>
public abstract class SymmetricModelTests<TVariants> : DecompositionModelTests<TVariants> where TVariants : ISymmetricVariants
{
    public static TheoryData<string> SymmetricNames => [.. TVariants.Symmetric];

    [Theory]
    [MemberData(nameof(SymmetricNames))]
    public void Permuting_the_noise_permutes_masks_and_components_and_leaves_the_reconstruction(string variant)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(variant);
        model.To(DType.Float64);
        var images = Images(model, type: DType.Float64);
        int[] order = [2, 0, 1];
        var indices = Tensor.From<long>([.. order.Select(i => (long)i)], [3]);

        var (first, second) = (Decompose(model, images, [0, 1, 2]), Decompose(model, images, order));

        Close.Equal(first.Masks.IndexSelect(1, indices), second.Masks, 1e-6, "masks");
        Close.Equal(first.Components.IndexSelect(1, indices), second.Components, 1e-6, "components");
        Close.Equal(first.Reconstruction, second.Reconstruction, 1e-6, "reconstruction");
    }
}
