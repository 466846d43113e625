using Scenograph.Estimators;
using Scenograph.Experiments.Toy;
using Scenograph.Models;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>One estimate of each estimator, on a quadratic loss and on a network's.</summary>
public sealed class GradientEstimatorsAdapter : ModelAdapter
{
    public override string Model => "gradient-estimators";

    public override bool CanRun(GoldenCase goldenCase) => goldenCase.Mode == "train";

    protected override void Run(ModelRun run)
    {
        var config = run.Case.Config;
        var (name, classes) = (config.GetProperty("estimator").GetString()!, config.GetProperty("L").GetInt32());
        using var network = config.GetProperty("kind").GetString() == "neural" ? run.Fill(new LossNetwork(classes)) : null;
        using var estimator = Fill(run, Create(name, config, () => new Linear(1, 1), () => new ToySurrogate(new Linear(classes, classes))));
        var logits = run.Input("logits");
        logits.RequiresGrad = true;
        var target = run.Input("target");
        var noise = run.Noise();

        var estimate = estimator.Estimate(DiscreteLatent.Categorical(logits), z => ((network?.Forward(z) ?? z) - target).Square().Mean([-1]), noise, target.OnesLike().Narrow(-1, 0, 1));

        if (estimate.Tuning is { } tuning)
        {
            run.Add("var_loss", tuning);
            tuning.Backward(retainGraph: true);
            if (network is not null) run.Result.Add("fgrad_after_v_is_none", network.Parameters().All(p => p.Grad is null) ? 1 : 0);
        }
        var surrogate = estimate.Surrogate ?? estimate.Loss;
        run.Add("estimator", surrogate);
        run.Add("loss", estimate.Loss);
        AddValues(run, name, estimate.Values);
        if (name == "nvil")
        {
            var baseline = estimator.Parameters();
            run.Add("baseline", Operators.Linear(target.OnesLike().Narrow(-1, 0, 1), baseline[0], baseline[1]));
        }
        surrogate.Sum().Backward(retainGraph: true);
        run.Add("grad_logits", logits.Grad!);
        foreach (var (parameter, value) in estimator.NamedParameters())
        {
            if (value.Grad is { } gradient) run.Add(name == "rebar" ? "grad_log_temp" : $"grad:{Unprefixed(parameter)}", gradient);
        }
        if (estimate.Surrogate is not null && network is not null) estimate.Loss.Sum().Backward();
        foreach (var (parameter, value) in network?.NamedParameters() ?? []) run.Add($"fgrad:{parameter}", value.Grad!);
        AddNorms(run, logits, network, estimator);
    }

    /// <summary>The estimator as the original has it.</summary>
    internal static GradientEstimator Create(string name, System.Text.Json.JsonElement config, Func<Layer> baseline, Func<Layer> surrogate, int? repetitions = null)
    {
        static double Number(System.Text.Json.JsonElement config, string key, double otherwise) =>
            config.TryGetProperty(key, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.Number ? value.GetDouble() : otherwise;

        return name switch
        {
            "exact" => new ExactGradient(),
            "reinforce" => new Reinforce(),
            "nvil" => new Nvil(baseline(), broadcast: true),
            "concrete" => new Concrete(Number(config, "temp", Number(config, "temperature", 0.66))),
            "rebar" => new Rebar(new(1, Number(config, "eta", 1), LearnEta: false), new(Clamp: 1e-9, LossParameters: true, Repetitions: repetitions)),
            "relax" => new Relax(surrogate(), new(Clamp: 1e-16, LossParameters: true, Repetitions: repetitions)),
            _ => throw new NotSupportedException($"estimator {name}"),
        };
    }

    /// <summary>The cases name the parameters of baseline and surrogate without the prefix that they have in a model.</summary>
    internal static string Unprefixed(string name) => name.Replace("c_phi.", "", StringComparison.Ordinal).Replace("baseline_net.", "", StringComparison.Ordinal);

    internal static GradientEstimator Fill(ModelRun run, GradientEstimator estimator, bool repeated = false)
    {
        using var _ = GradMode.Off();
        foreach (var (name, value) in estimator.State())
        {
            int[] shape = [.. value.Shape.ToArray().Select(size => (int)size)];
            // A layer of one repetition is filled as if it stood alone.
            if (repeated && shape.Length > 1) shape = shape[1..];
            if (run.Case.WeightValue(Unprefixed(name), shape, ModelRun.ToHost(value)) is { } filled) value.Copy_(ModelRun.ToTensor(filled, DType.Float32));
        }
        return estimator;
    }

    private static void AddValues(ModelRun run, string name, Tensor values)
    {
        if (name == "exact")
        {
            run.Add("z", values.Transpose(0, 1));
            return;
        }
        run.Add(name == "concrete" ? "z_tilde" : "z", values.Select(0, 0));
        if (values.Size(0) < 3) return;
        run.Add("z_tilde", values.Select(0, 1));
        run.Add("s_tilde", values.Select(0, 2));
    }

    private static void AddNorms(ModelRun run, Tensor logits, LossNetwork? network, GradientEstimator estimator)
    {
        var gradients = estimator.NamedParameters().Concat(network?.NamedParameters() ?? []).Append(("logits", logits))
            .Where(p => p.Item2.Grad is not null).ToDictionary(p => Unprefixed(p.Item1), p => p.Item2.Grad!);
        var names = run.Case.Sections.GradNames;
        run.Result.Add("grad_norms", [.. names.Select(name => Math.Sqrt(ModelRun.ToHost(gradients[name]).Values.Sum(v => v * v)))], names.Count);
    }

    /// <summary>Linear(L, 7), tanh, Linear(7, L).</summary>
    private sealed class LossNetwork : Layer
    {
        private readonly Sequential layers;

        public LossNetwork(int classes) => layers = Child("f", new Sequential(new Linear(classes, 7), Activation.Tanh(), new Linear(7, classes)));

        public override Tensor Forward(Tensor input) => layers.Forward(input);
    }
}
