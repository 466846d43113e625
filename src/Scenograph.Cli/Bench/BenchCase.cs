using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Training.Recipes;

namespace Scenograph.Cli.Bench;

/// <summary>One configuration that is timed: the recipe's model at a batch size, and the PyTorch program that does the same.</summary>
/// <param name="Model">Name in recipes.</param>
/// <param name="Config">benchmark (the published experiment's size), demo (what <c>make demo</c> trains), or another experiment's name.</param>
/// <param name="Batch">Images a step.</param>
/// <param name="Options">The model; null where <paramref name="Own"/> says what a step is.</param>
/// <param name="Program">File in bench/pytorch.</param>
/// <param name="Arguments">What that program is told, beside precision, threads and batch.</param>
/// <param name="Threads">That both gain by, where the user does not say; 0: one for each core.</param>
/// <param name="Own">Makes what is no model's training step; <paramref name="Batch"/> then counts its repetitions.</param>
internal sealed record BenchCase(string Model, string Config, int Batch, ModelRecipe? Options, string Program, IReadOnlyList<string> Arguments, int Threads = 0, Func<int, IBenchSubject>? Own = null)
{
    private static BenchCase Toy(string estimator, EstimatorKind kind) =>
        new("toy", estimator, ToyRepetitions, null, "toy.py", ["--estimator", estimator], Threads: 1, repetitions => new ToySubject(kind, repetitions));

    private const int ToyRepetitions = 50;

    /// <summary>All of them; a new model adds its lines here.</summary>
    public static IReadOnlyList<BenchCase> All()
    {
        var demo = DemoRecipe.Read(0, null);
        return
        [
            new("iodine", "benchmark", 1, new("iodine", new Iodine.Options()), "iodine.py", ["--architecture", "clevrtex"]),
            new("iodine", "recompute", 1, new("iodine", new Iodine.Options(Recompute: true)), "iodine.py", ["--architecture", "clevrtex"]),
            new("iodine", "clevr6", 1, new("iodine", new Iodine.Options(Iodine.Version.ZhixuanLin, Slots: 7, Size: 64, CellHead: true, DoubleElu: true)), "iodine.py", ["--architecture", "zhixuan-lin"]),
            new("slot-attention", "benchmark", 2, new("slot-attention", new SlotAttentionAutoEncoder.Options()), "slot_attention.py", ["--architecture", "benchmark"]),
            new("slot-attention", "demo", demo.Training.Batch, demo.Model, "slot_attention.py", ["--architecture", "demo"]),
            new("monet", "benchmark", 4, new("monet", new MONet.Options()), "monet.py", []),
            new("genesis-v2", "benchmark", 4, new("genesis-v2", new GenesisV2.Options()), "genesis_v2.py", []),
            Toy("reinforce", EstimatorKind.Reinforce),
            Toy("nvil", EstimatorKind.Nvil),
            Toy("concrete", EstimatorKind.Concrete),
            Toy("rebar", EstimatorKind.Rebar),
            Toy("relax", EstimatorKind.Relax),
            new("efficient-morl", "benchmark", 1, new("efficient-morl", new EfficientMorl.Options()), "efficient_morl.py", []),
            new("efficient-morl", "recompute", 1, new("efficient-morl", new EfficientMorl.Options(Recompute: true)), "efficient_morl.py", []),
            new("d-vae-st", "benchmark", 1000, new("d-vae-st", new DVae.StOptions { FreshTransforms = true, Estimator = new(Clamp: true, LossParameters: true, LearnEta: false) }), "d_vae_st.py", ["--estimator", "relax"]),
            new("d-vae-st", "nvil", 1000, new("d-vae-st", new DVae.StOptions { FreshTransforms = true, Estimator = new(EstimatorKind.Nvil, BroadcastBaseline: true) }), "d_vae_st.py", ["--estimator", "nvil"]),
            new("air", "benchmark", 1000, new("air", new Air.Options { Signal = GlimpseModel.LearningSignal.Likelihood }), "air.py", ["--architecture", "air"]),
            new("dair", "benchmark", 1000, new("dair", new Dair.Options { Signal = GlimpseModel.LearningSignal.Likelihood }), "air.py", ["--architecture", "dair"]),
        ];
    }
}
