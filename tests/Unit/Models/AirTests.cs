using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class AirTests
{
    private static readonly Air.Options TinyAir = new()
    {
        Height = 10, Width = 12, Window = 5, Size = 3, State = 6, RnnHidden = [9], BaselineHidden = [7], EncoderHidden = [8], DecoderHidden = [8],
    };

    private static readonly Dair.Options TinyDair = new()
    {
        Height = 10, Width = 12, Window = 5, Size = 3, State = 6, RnnHidden = [9], BaselineHidden = [7], EncoderHidden = [8], DecoderHidden = [8], LocalisationHidden = [7],
    };

    private static readonly Dictionary<string, GlimpseModel.GlimpseOptions> Named = new()
    {
        ["air"] = TinyAir,
        ["dair"] = TinyDair,
        ["air, the published signal"] = TinyAir with { Signal = GlimpseModel.LearningSignal.Likelihood },
        ["dair, the published signal"] = TinyDair with { Signal = GlimpseModel.LearningSignal.Likelihood },
        ["air, one step"] = TinyAir with { Steps = 1 },
        ["air, one step, exact"] = TinyAir with { Steps = 1, Estimator = new(EstimatorKind.Exact) },
        ["dair, one class"] = TinyDair with { Size = 1 },
        ["dair, one class, exact"] = TinyDair with { Size = 1, Estimator = new(EstimatorKind.Exact) },
        ["air, colours"] = TinyAir with { Channels = 3 },
        ["dair, annealed, equally frequent classes"] = TinyDair with { Estimator = new(EstimatorKind.Exact), Annealing = new() { Start = 20, Balance = 0.5 } },
        ["dair, bent prototypes"] = TinyDair with { Estimator = new(EstimatorKind.Exact), TransformDegree = 2 },
        ["air, falling prior"] = TinyAir with { PriorPresenceStart = 0.5 },
    };

    public static TheoryData<string> Variants => [.. Named.Keys];

    // Of several classes an image at once, the sum cannot be cut.
    public static TheoryData<EstimatorKind, bool> Estimators => OneStep.Estimators(EstimatorKind.SumAndSample);

    private static GlimpseModel Create(GlimpseModel.GlimpseOptions options)
    {
        using var random = new Generator(1);
        return options is Dair.Options discrete ? new Dair(discrete, random) : new Air((Air.Options)options, random);
    }

    private static Tensor Images(GlimpseModel.GlimpseOptions options, int batch = 4) =>
        Waves.Of([batch, options.Channels, options.Height, options.Width], amplitude: 0.5, frequency: 0.37, offset: 0.5).To(DType.Float32);

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Every_estimator_trains_a_step(EstimatorKind kind, bool classes)
    {
        using var scope = TensorScope.Begin();
        GlimpseModel.GlimpseOptions options = classes ? TinyDair with { Estimator = new(kind, Samples: 2) } : TinyAir with { Estimator = new(kind, Samples: 2) };
        using var model = Create(options);

        OneStep.Train(model, Images(options));
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
        foreach (var (batch, steps) in new[] { (1, 2), (3, options.Steps) })
        {
            var result = model.Decompose(Images(options, batch), noise, steps);
            Assert.Equal([batch, steps, options.Channels, options.Height, options.Width], result.Components.Shape.ToArray());
            Assert.All(result.Masks.Sum([1]).ToArray<float>(), sum => Assert.InRange(sum, 0, 1 + 1e-5f));
            Close.Equal(result.Counts!, result.Presence!.Sum([1]), 0, "counts");
            Assert.Equal([batch, steps, 4], result.Boxes!.Shape.ToArray());
        }
    }

    [Fact]
    public void Estimators_that_cannot_be_used_are_refused_where_the_model_is_made()
    {
        foreach (var kind in new[] { EstimatorKind.Disarm, EstimatorKind.SumAndSample })
        {
            Assert.Contains("model.estimator.kind", Assert.Throws<InputException>(() => Create(TinyDair with { Estimator = new(kind) })).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Annealed_classes_want_an_estimator()
    {
        foreach (var annealing in new ClassAnnealing[] { new() { Start = 20 }, new() { Balance = 0.5 } })
        {
            Assert.StartsWith("model.annealing", Assert.Throws<InputException>(() => Create(TinyDair with { Annealing = annealing })).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_mean_class_of_things_that_are_there_is_paid_for_and_the_classs_divergence_weighs_less_from_step_to_step()
    {
        using var scope = TensorScope.Begin();
        var plain = TinyDair with { Estimator = new(EstimatorKind.Exact) };
        IReadOnlyDictionary<string, double> Terms(Dair.Options options, long step, out double total)
        {
            using var model = Create(options);
            var objective = model.Objective(new(Images(options), []), step, NoiseSource.Mean);
            total = objective.Total.ToDouble();
            return objective.Terms.ToDictionary(term => term.Name, term => term.Value.ToDouble());
        }

        var before = Terms(plain, 0, out var bound);
        var annealed = Terms(plain with { Annealing = new() { Start = 16, Steps = 4, Balance = 0.5 } }, 2, out var total);

        Assert.InRange(annealed["marginal"], 0, 0.5 * Images(plain).Size(0) * plain.Steps * Math.Log(plain.Size));
        Assert.Equal(bound + (3 * before["kl_what"]) + annealed["marginal"], total, 1e-3);
    }

    [Fact]
    public void What_is_gone_stays_gone()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(TinyAir with { PresenceStart = 0, Steps = 6 });
        using var noise = NoiseSource.Seeded(3);

        var presence = model.Forward(Images(TinyAir, 50), noise).Presence.Squeeze(2);

        Assert.All((presence.Narrow(1, 1, 5) - presence.Narrow(1, 0, 5)).ToArray<float>(), change => Assert.True(change <= 0));
        Assert.InRange(presence.Mean().ToDouble(), 0.05, 0.6);
    }

    [Fact]
    public void Boxes_are_where_windows_are_written()
    {
        using var scope = TensorScope.Begin();
        using var window = new Scenograph.Models.Blocks.AttentionWindow(40, 40, 8, 8);
        var where = Tensor.From<float>([4, -1, 2], [1, 3]);

        var written = window.Write(Operators.Ones([1, 1, 8, 8]), where).ToArray<float>();

        // s = 4: a quarter of 40 pixels, around (−tx/s, −ty/s) = (1/4, −1/2)
        var inside = Enumerable.Range(0, 1600).Where(i => written[i] > 0.5f).ToArray();
        Assert.Equal((20, 29, 5, 14), (inside.Min(i => i % 40), inside.Max(i => i % 40), inside.Min(i => i / 40), inside.Max(i => i / 40)));
    }

    [Fact]
    public void Windows_of_one_image_add_up_whether_a_patch_or_the_whole_image_is_painted()
    {
        using var scope = TensorScope.Begin();
        using var window = new Scenograph.Models.Blocks.AttentionWindow(24, 30, 7, 7);
        var pictures = Waves.Of([3, 2, 7, 7], frequency: 0.7).To(DType.Float32);
        // The last window is larger than the image and makes the patch so; without it a patch is smaller.
        var where = Tensor.From<float>([3, -1, 2, -4, 1, 3.5f, 0.8f, 0, 0], [3, 3]);
        var image = Tensor.From<long>([1, 1], [2]);

        var patch = window.Write(pictures.Narrow(0, 0, 2), where.Narrow(0, 0, 2), image, 2);
        var whole = window.Write(pictures, where);

        Close.Equal(whole.Narrow(0, 0, 2).Sum([0]), patch.Select(0, 1), 1e-5, "painted");
        Close.Equal(whole.ZerosLike().Select(0, 0), patch.Select(0, 0), 0, "the other image");
    }

    [Fact]
    public void The_exact_number_of_things_is_the_mean_over_all_numbers()
    {
        using var scope = TensorScope.Begin();
        var options = TinyAir with { Estimator = new(EstimatorKind.Exact), PresenceStart = 0.3 };
        using var model = Create(options);
        var images = Images(options);

        var output = model.Forward(images, NoiseSource.Mean, allPresent: true);
        var things = model.PaintAll(output);
        var p = output.Logits.Squeeze(2).Sigmoid();
        var (expected, still, sum) = (images.ZerosLike().Sum([1, 2, 3]), images.ZerosLike().Sum([1, 2, 3]) + 1, images.ZerosLike());
        for (var n = 0; n <= 3; n++)
        {
            var here = n < 3 ? still * (1 - p.Select(1, n)) : still;
            expected += here * GlimpseModel.SquaredError(images, sum) * (0.5 / options.Variance);
            if (n == 3) break;
            still *= p.Select(1, n);
            sum += things.Select(1, n);
        }

        Close.Equal([expected.Mean().ToDouble()], model.Objective(new(images, []), 0, NoiseSource.Mean).Terms[0].Value, 1e-4, "nll");
    }

    [Fact]
    public void Exact_classes_are_the_mean_over_all_of_them()
    {
        using var scope = TensorScope.Begin();
        var options = TinyDair with { Steps = 2, Size = 2 };
        using var exact = Create(options with { Estimator = new(EstimatorKind.Exact) });
        var images = Images(options);

        Close.Equal(exact.Objective(new(images, []), 0, NoiseSource.Mean).Terms[0].Value, BruteForce(exact, options, images), 1e-4, "nll");
    }

    private static Tensor BruteForce(GlimpseModel model, Dair.Options options, Tensor images)
    {
        var output = model.Forward(images, NoiseSource.Mean, allPresent: true);
        var q = output.Parameters["logits"].Softmax(-1);                      // [B, 2, 2]
        var p = output.Logits.Squeeze(2).Sigmoid();
        var total = images.ZerosLike().Sum([1, 2, 3]);
        for (var classes = 0; classes < 4; classes++)
        {
            var (a, b) = (classes % 2, classes / 2);
            var code = Tensor.From<long>([a, b], [1, 2]).Expand([4, 2]).OneHot(2).To(DType.Float32);
            var things = model.PaintAll(output with { Code = code });
            var weight = q.Select(1, 0).Select(1, a) * q.Select(1, 1).Select(1, b);
            var none = GlimpseModel.SquaredError(images, images.ZerosLike());
            var one = GlimpseModel.SquaredError(images, things.Select(1, 0));
            var two = GlimpseModel.SquaredError(images, things.Sum([1]));
            var first = p.Select(1, 0);
            var second = p.Select(1, 1);
            total += weight * ((1 - first) * none + first * (1 - second) * one + first * second * two);
        }
        return total.Mean() * (0.5 / options.Variance);
    }

    [Fact]
    public void The_sampled_objective_is_unbiased_for_the_exact_likelihood()
    {
        using var scope = TensorScope.Begin();
        var options = TinyAir with { PresenceStart = 0.3 };
        using var sampled = Create(options);
        using var exact = Create(options with { Estimator = new(EstimatorKind.Exact) });
        var images = Images(options, 1).Expand([4000, -1, -1, -1]);
        using var noise = NoiseSource.Seeded(5);

        var mean = sampled.Objective(new(images, []), 0, noise).Terms[0].Value.ToDouble();
        var expected = exact.Objective(new(images, []), 0, noise).Terms[0].Value.ToDouble();

        Assert.Equal(expected, mean, 0.05 * expected);
    }

    [Fact]
    public void A_baseline_learns_at_a_rate_of_its_own()
    {
        using var model = Create(TinyAir);

        Assert.Equal([1, 100], model.ParameterGroups().Select(group => group.LearningRateScale));
        Assert.Equal(model.NamedParameters().Select(p => p.Name).Order(), model.ParameterGroups().SelectMany(group => group.Parameters.Select(p => p.Name)).Order());
    }

    [Fact]
    public void A_pass_leaves_nothing_behind()
    {
        using var model = Create(TinyDair);
        using var noise = NoiseSource.Seeded(2);
        using var images = Images(TinyDair).Detached();
        using (TensorScope.Begin()) model.Objective(new(images, []), 0, noise); // what is made once

        using var scope = TensorScope.Begin();
        var objective = model.Objective(new(images, []), 0, noise);

        Assert.Equal(1 + objective.Terms.Count, scope.Count);
    }
}
