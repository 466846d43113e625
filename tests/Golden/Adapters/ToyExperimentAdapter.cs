using Scenograph.Estimators;
using Scenograph.Experiments.Toy;
using Scenograph.Models;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>Runs of the toy experiment, one repetition each.</summary>
public sealed class ToyExperimentAdapter : ModelAdapter
{
    public override string Model => "gradient-estimators";

    public override bool CanRun(GoldenCase goldenCase) => goldenCase.Mode == "function";

    protected override void Run(ModelRun run)
    {
        var config = run.Case.Config;
        if (config.TryGetProperty("targets", out var targets)) RunExact(run, targets);
        else RunShort(run);
    }

    private static void RunExact(ModelRun run, System.Text.Json.JsonElement targets)
    {
        var config = run.Case.Config;
        foreach (var target in targets.EnumerateObject())
        {
            var options = new ToyRun.Options([.. target.Value.EnumerateArray().Select(t => t.GetDouble())], config.GetProperty("steps").GetInt32(),
                config.GetProperty("batch_size").GetInt32(), VarianceBatch: 2, LearningRate: config.GetProperty("lr").GetDouble());
            using var toy = new ToyRun(options, new ExactGradient(), NoiseSource.Mean, repetitions: 1);
            var losses = toy.Run().Losses;
            run.Result.Add($"losses_{target.Name}", [.. losses.Select(loss => (double)loss)], losses.Length);
            run.Result.Add($"final_{target.Name}", [losses[^1]], 1);
        }
    }

    private static void RunShort(ModelRun run)
    {
        var config = run.Case.Config;
        double[] target = [.. config.GetProperty("target").EnumerateArray().Select(t => t.GetDouble())];
        var classes = target.Length;
        var options = new ToyRun.Options(target, config.GetProperty("steps").GetInt32(), config.GetProperty("batch_size").GetInt32(), config.GetProperty("FIXED_BATCH").GetInt32(),
            config.GetProperty("lr").GetDouble(), config.GetProperty("tune_lr") is { ValueKind: System.Text.Json.JsonValueKind.Number } rate ? rate.GetDouble() : 0.01, FaithfulVariance: true);
        var estimator = GradientEstimatorsAdapter.Create(config.GetProperty("estimator").GetString()!, config,
            () => new RepeatedLinear(1, 1, [0]), () => new ToySurrogate(new RepeatedLinear(classes, classes, [0]), repetitions: 1), repetitions: 1);
        using var toy = new ToyRun(options, GradientEstimatorsAdapter.Fill(run, estimator, repeated: true), new OneRepetition(run.Noise()), repetitions: 1);

        var curves = toy.Run();

        run.Result.Add("expected_losses", [.. curves.Losses.Select(loss => (double)loss)], curves.Steps);
        run.Result.Add("vars_grad", [.. curves.Variances.Select(variance => (double)variance)], curves.Steps);
        run.Add("W", toy.Weight.T());
        foreach (var (name, value) in estimator.NamedParameters())
        {
            var unprefixed = GradientEstimatorsAdapter.Unprefixed(name);
            run.Add($"tuned:{unprefixed}", value.Dimensions > 1 ? value.Select(0, 0) : value);
        }
    }

    /// <summary>The case's draws with an axis of one repetition.</summary>
    private sealed class OneRepetition(NoiseSource draws) : NoiseSource
    {
        public override Tensor Normal(ReadOnlySpan<long> shape, Tensor like) => draws.Normal(shape[1..], like).Unsqueeze(0);

        public override Tensor Uniform(ReadOnlySpan<long> shape, Tensor like) => draws.Uniform(shape[1..], like).Unsqueeze(0);

        public override Tensor Categorical(Tensor logits) => draws.Categorical(logits.Squeeze(0)).Unsqueeze(0);
    }
}
