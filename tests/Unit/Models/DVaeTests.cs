using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class DVaeTests
{
    private static readonly DVae.Options Tiny = new() { Height = 6, Width = 7, Size = 3, EncoderHidden = [9, 8], DecoderHidden = [10], BaselineHidden = [5], SurrogateHidden = [6] };

    private static readonly DVae.StOptions TinySt = new()
    {
        Height = 6, Width = 7, Size = 3, EncoderHidden = [9, 8], DecoderHidden = [10], BaselineHidden = [5], SurrogateHidden = [6], LocalisationHidden = [7],
    };

    private static readonly Dictionary<string, SingleObjectModel.SingleObjectOptions> Named = new()
    {
        ["one cluster"] = Tiny with { Size = 1 },
        ["one cluster, transformed"] = TinySt with { Size = 1 },
        ["one cluster, exact"] = Tiny with { Size = 1, Estimator = new(EstimatorKind.Exact) },
        ["one cluster, concrete"] = Tiny with { Size = 1, Estimator = new(EstimatorKind.Concrete) },
        ["Bernoulli pixels"] = Tiny with { Pixels = SingleObjectModel.Pixel.Bernoulli },
        ["Bernoulli pixels, transformed"] = TinySt with { Pixels = SingleObjectModel.Pixel.Bernoulli },
        ["convolutions"] = Tiny with { Height = 8, Width = 8, EncoderConvolutions = new() { Filters = 4 }, DecoderConvolutions = new() { Filters = 4 } },
        ["colours"] = TinySt with { Channels = 3 },
        ["bent prototypes"] = TinySt with { TransformDegree = 2 },
        ["fresh transforms"] = TinySt with { FreshTransforms = true },
        ["the original's relax"] = TinySt with { FreshTransforms = true, Estimator = new(Clamp: true, LossParameters: true, LearnEta: false) },
        ["analytic divergence"] = Tiny with { Estimator = new(EstimatorKind.Concrete), RelaxedDivergence = false },
        ["annealed, equally frequent classes"] = TinySt with { Annealing = new() { Start = 20, Balance = 0.5 } },
        ["vae"] = new Vae.Options { Height = 6, Width = 7, Size = 3, EncoderHidden = [9], DecoderHidden = [10] },
        ["vae-st"] = new Vae.StOptions { Height = 6, Width = 7, Size = 3, EncoderHidden = [9], DecoderHidden = [10], LocalisationHidden = [7] },
        ["vae-st, bent"] = new Vae.StOptions { Height = 6, Width = 7, Size = 3, EncoderHidden = [9], DecoderHidden = [10], LocalisationHidden = [7], TransformDegree = 3 },
    };

    public static TheoryData<string> Variants => [.. Named.Keys];

    public static TheoryData<EstimatorKind, bool> Estimators => OneStep.Estimators();

    private static SingleObjectModel Create(SingleObjectModel.SingleObjectOptions options)
    {
        using var random = new Generator(1);
        return options is DVae.DVaeOptions discrete ? new DVae(discrete, random) : new Vae(options, random);
    }

    private static DVae CreateDVae(DVae.DVaeOptions options) => (DVae)Create(options);

    private static Tensor Images(SingleObjectModel.SingleObjectOptions options, int batch = 4) =>
        Waves.Of([batch, options.Channels, options.Height, options.Width], amplitude: 0.5, frequency: 0.37, offset: 0.5).To(DType.Float32);

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Every_estimator_trains_a_step(EstimatorKind kind, bool transformed)
    {
        using var scope = TensorScope.Begin();
        DVae.DVaeOptions options = transformed ? TinySt with { Estimator = new(kind, Samples: 2) } : Tiny with { Estimator = new(kind, Samples: 2) };
        using var model = CreateDVae(options);

        OneStep.Train(model, Images(options));
        model.ZeroGrad();
        using var noise = NoiseSource.Seeded(4);
        model.Objective(new(Images(options), []), 0, noise).Total.Backward();
        // The first layer of the encoder learns only through the class.
        Assert.All(model.NamedParameters(), parameter => Assert.True(parameter.Value.Grad is not null, parameter.Name));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_variant_trains_a_step_and_decomposes(string variant)
    {
        using var scope = TensorScope.Begin();
        var options = Named[variant];
        using var model = Create(options);
        using var noise = NoiseSource.Seeded(3);

        OneStep.Train(model, Images(options));
        using var off = GradMode.Off();
        foreach (var batch in new[] { 1, 3 })
        {
            var images = Images(options, batch);
            var result = model.Decompose(images, noise);
            Assert.Equal(images.Shape.ToArray(), result.Reconstruction.Shape.ToArray());
            Assert.Equal([batch, 1, options.Channels, options.Height, options.Width], result.Components.Shape.ToArray());
            Close.Equal(result.Reconstruction, model.Decode(result.Latents[model.LatentName]).Reconstruction, 1e-5, "decoded codes");
        }
    }

    [Fact]
    public void The_divergence_of_the_class_weighs_less_from_step_to_step_until_it_is_that_of_the_bound()
    {
        using var scope = TensorScope.Begin();
        var options = TinySt with { Estimator = new(EstimatorKind.Exact), Annealing = new() { Start = 16, Steps = 4 } };
        using var model = CreateDVae(options);

        foreach (var (step, weight) in new[] { (0, 16.0), (2, 4), (4, 1), (9, 1) })
        {
            var objective = model.Objective(new(Images(options), []), step, NoiseSource.Mean);
            var terms = objective.Terms.ToDictionary(term => term.Name, term => term.Value.ToDouble());
            Assert.Equal(terms["nll"] + terms["kl_transform"] + weight * terms["kl"], objective.Total.ToDouble(), 1e-3);
        }
    }

    [Fact]
    public void Equally_frequent_classes_cost_nothing_and_a_single_one_its_weight()
    {
        using var scope = TensorScope.Begin();
        using var model = CreateDVae(Tiny with { Annealing = new() { Balance = 2 } });
        var bias = model.NamedParameters().Single(p => p.Name == "model.VAE.encoder.5.bias").Value;
        double Marginal(params float[] logits)
        {
            using (GradMode.Off())
            {
                model.NamedParameters().Single(p => p.Name == "model.VAE.encoder.5.weight").Value.Zero_();
                bias.Copy_(Tensor.From(logits, [3]));
            }
            return model.Train(Images(Tiny), NoiseSource.Mean).Marginal!.ToDouble();
        }

        Assert.Equal(0, Marginal(0, 0, 0), 1e-5);
        Assert.Equal(2 * Images(Tiny).Size(0) * Math.Log(3), Marginal(50, 0, 0), 1e-3);
    }

    [Fact]
    public void Disarm_is_refused_where_the_model_is_made() =>
        Assert.Contains("disarm", Assert.Throws<InputException>(() => CreateDVae(Tiny with { Estimator = new(EstimatorKind.Disarm) })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(EstimatorKind.Exact)]
    [InlineData(EstimatorKind.Nvil)]
    [InlineData(EstimatorKind.Rebar)]
    [InlineData(EstimatorKind.Concrete)]
    public void Logits_of_any_size_give_finite_gradients(EstimatorKind kind)
    {
        using var scope = TensorScope.Begin();
        using var model = CreateDVae(TinySt with { Estimator = new(kind) });
        using (GradMode.Off())
        {
            var bias = model.NamedParameters().Single(p => p.Name == "model.VAE.encoder.5.bias").Value;
            bias.Copy_(Tensor.From<float>([1e30f, -1e30f, 0], [3]));
        }

        OneStep.Train(model, Images(TinySt));
    }

    [Fact]
    public void Equal_logits_have_no_divergence()
    {
        using var scope = TensorScope.Begin();
        using var model = CreateDVae(Tiny with { Estimator = new(EstimatorKind.Exact) });
        using (GradMode.Off())
        {
            foreach (var (_, value) in model.NamedParameters().Where(p => p.Name.StartsWith("model.VAE.encoder.5", StringComparison.Ordinal))) value.Zero_();
        }

        Close.Equal([0, 0, 0, 0], model.Bound(Images(Tiny), NoiseSource.Mean).Divergence, 1e-6, "KL");
        OneStep.Train(model, Images(Tiny));
    }

    [Theory]
    [InlineData(SingleObjectModel.Pixel.Gaussian)]
    [InlineData(SingleObjectModel.Pixel.Bernoulli)]
    public void The_exact_loss_is_the_mean_over_prototypes(SingleObjectModel.Pixel pixels)
    {
        using var scope = TensorScope.Begin();
        using var model = CreateDVae(Tiny with { Pixels = pixels, Estimator = new(EstimatorKind.Exact) });
        var images = Images(Tiny);

        var probabilities = model.ClusterLogits(images).Softmax(-1);
        var losses = Operators.Stack([.. Enumerable.Range(0, 3).Select(k => model.NegativeLogLikelihood(model.Prototypes().Narrow(0, k, 1), images))], 1);

        Close.Equal((probabilities * losses).Sum([1]), model.Train(images, NoiseSource.Mean).Estimate.Loss, 1e-4, "loss");
    }

    [Fact]
    public void A_shared_transform_gives_the_loss_of_each_value_by_itself()
    {
        using var scope = TensorScope.Begin();
        var images = Images(TinySt);
        using var exact = CreateDVae(TinySt with { Estimator = new(EstimatorKind.Exact) });

        // With the middle of the noise every draw is the mean transform, however many there are.
        var output = exact.Forward(images, NoiseSource.Mean);
        var probabilities = output.Parameters.Softmax(-1);
        var ofClass = Enumerable.Range(0, 3).Select(k =>
        {
            var code = Operators.Full([4, 1], k, dtype: DType.Int64).OneHot(3).To(DType.Float32);
            var latents = Operators.Cat([code, output.Sample!.Unsqueeze(1)], 2);
            return exact.NegativeLogLikelihood(exact.Decode(latents).Reconstruction, images);
        });

        Close.Equal((probabilities * Operators.Stack([.. ofClass], 1)).Sum([1]), exact.Train(images, NoiseSource.Mean).Estimate.Loss, 1e-4, "loss");
    }

    [Fact]
    public void Transforms_start_at_no_change()
    {
        using var scope = TensorScope.Begin();
        using var model = CreateDVae(TinySt);

        var output = model.Forward(Images(TinySt), NoiseSource.Mean);

        Close.Equal(output.Picture, output.Reconstruction, 1e-5, "warped");
        Close.Equal([0, 0, 0, 0], output.Transform!.Divergence, 1e-5, "KL");
    }

    [Fact]
    public void Baselines_and_surrogates_learn_at_rates_of_their_own()
    {
        using var nvil = CreateDVae(Tiny with { Estimator = new(EstimatorKind.Nvil) });
        using var relax = CreateDVae(Tiny);

        Assert.Equal([1, 2], nvil.ParameterGroups().Select(group => group.LearningRateScale));
        Assert.Equal([1, 0.2], relax.ParameterGroups().Select(group => group.LearningRateScale));
        Assert.Equal(relax.NamedParameters().Count(), relax.ParameterGroups().Sum(group => group.Parameters.Count));
    }

    [Fact]
    public void Images_that_the_convolutions_cannot_halve_are_refused() =>
        Assert.Contains("encoder_convolutions.layers", Assert.Throws<InputException>(() => CreateDVae(Tiny with { EncoderConvolutions = new() })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pass_leaves_nothing_behind()
    {
        using var model = CreateDVae(TinySt);
        using var noise = NoiseSource.Seeded(2);
        using var images = Images(TinySt).Detached();
        using (TensorScope.Begin()) model.Objective(new(images, []), 0, noise); // what is made once

        using var scope = TensorScope.Begin();
        var objective = model.Objective(new(images, []), 0, noise);

        Assert.Equal(1 + objective.Terms.Count, scope.Count);
    }
}
