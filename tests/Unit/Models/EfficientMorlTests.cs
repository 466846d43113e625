using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class EfficientMorlTests : SymmetricModelTests<EfficientMorlTests>, ISymmetricVariants
{
    private static readonly EfficientMorl.Options Tiny = new(Height: 12, Width: 12, Slots: 3, Size: 4, Layers: 3, Iterations: 2, Filters: 6, DecoderFilters: 5, DecoderLayers: 2,
        PriorHidden: 8, RefinementHidden: 8, GecoStart: 2);

    private static readonly Dictionary<string, EfficientMorl.Options> Named = new()
    {
        ["tiny"] = Tiny,
        ["one slot"] = Tiny with { Slots = 1 },
        ["one layer"] = Tiny with { Layers = 1 },
        ["one layer, bottom-up prior"] = Tiny with { Layers = 1, Prior = EfficientMorl.Prior.BottomUp },
        ["two layers"] = Tiny with { Layers = 2 },
        ["no refinement"] = Tiny with { Iterations = 0 },
        ["mixture likelihood"] = Tiny with { Likelihood = EfficientMorl.Likelihood.Gmm, Deviation = 0.3 },
        ["reversed prior"] = Tiny with { Prior = EfficientMorl.Prior.Reversed },
        ["bottom-up prior"] = Tiny with { Prior = EfficientMorl.Prior.BottomUp },
        ["no GECO"] = Tiny with { Geco = false },
        ["GECO from the start"] = Tiny with { GecoStart = 0, GecoRate = 0.01, GecoAcceleration = 5 },
        ["no divergence"] = Tiny with { KlWeight = 0 },
        ["small decoder"] = Tiny with { Decoder = EfficientMorl.Decoder.Small, DecoderLayers = null },
        ["big decoder"] = Tiny with { Decoder = EfficientMorl.Decoder.Big, DecoderStrides = [2, 1], OutputStride = 2 },
        ["pixels painted one by one"] = Tiny with { DecoderKernel = 1, OutputKernel = 1 },
        ["strided encoder"] = Tiny with { EncoderStrides = [1, 2] },
        ["recomputed"] = Tiny with { Recompute = true },
        ["recomputed, one slot"] = Tiny with { Recompute = true, Slots = 1 },
        ["grey"] = Tiny with { Channels = 1 },
        ["not square, odd"] = Tiny with { Height = 9, Width = 14, EncoderStrides = [2, 1] },
    };

    public static IReadOnlyDictionary<string, ModelMaker> Variants { get; } =
        Named.ToDictionary(variant => variant.Key, variant => (ModelMaker)(random => new EfficientMorl(variant.Value, random)));

    /// <summary>Four draws of the layers, two of the prior between them, one of each refinement.</summary>
    public static IReadOnlyList<string> BrokenBy { get; } = ["nll/0", "nll/0", "nll/0", "nll/0", "kl/0", "kl/0", "nll/1", "nll/2"];

    public static IReadOnlyList<string> Symmetric { get; } = ["tiny", "bottom-up prior", "mixture likelihood", "recomputed"];

    protected override double SinglePrecision => 1e-3;

    protected override void Spread(DecompositionModel model, double value)
    {
        var parameters = model.NamedParameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        parameters["hvae_networks.mlp_softplus.2.weight"].Zero_();
        parameters["hvae_networks.mlp_softplus.2.bias"].Fill_(value);
    }

    private static EfficientMorl Create(EfficientMorl.Options options, ulong seed = 1)
    {
        using var random = new Generator(seed);
        return new(options, random);
    }

    private static Tensor Images(EfficientMorl.Options options, int batch = 2, DType type = DType.Float32) =>
        Waves.Of([batch, options.Channels, options.Height, options.Width], amplitude: 0.5, frequency: 0.011, offset: 0.5).To(type);

    /// <summary>The total and the gradient by every parameter that has one.</summary>
    private static (double Total, Dictionary<string, double[]> Gradients) Differentiate(EfficientMorl model, Tensor images, long step = 0)
    {
        using var noise = NoiseSource.Seeded(3);
        model.ZeroGrad();
        var total = model.Objective(new(images, []), step, noise).Total;
        total.Backward();
        return (total.ToDouble(), model.NamedParameters().Where(entry => entry.Value.Grad is not null).ToDictionary(entry => entry.Name, entry => entry.Value.Grad!.ToArray<double>()));
    }

    private static Dictionary<string, double> Terms(EfficientMorl model, Tensor images, long step = 0)
    {
        using var noise = NoiseSource.Seeded(3);
        return model.Objective(new(images, []), step, noise).Terms.ToDictionary(term => term.Name, term => term.Value.ToDouble());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Recomputing_changes_no_gradient(string variant)
    {
        using var scope = TensorScope.Begin();
        var options = Named[variant];
        using var kept = Create(options with { Recompute = false });
        using var recomputed = Create(options with { Recompute = true });
        kept.To(DType.Float64);
        recomputed.To(DType.Float64);
        var images = Images(options, batch: 5, DType.Float64);

        var (expected, gradients) = Differentiate(kept, images, step: 7);
        var (actual, again) = Differentiate(recomputed, images, step: 7);

        Assert.Equal(expected, actual, 1e-9 * Math.Abs(expected));
        Assert.Equal(gradients.Keys.Order(), again.Keys.Order());
        foreach (var (name, gradient) in gradients) Close.Equal(gradient, again[name], 1e-7, name);
    }

    [Fact]
    public void Without_refinement_the_gradient_is_the_loss_functions()
    {
        using var scope = TensorScope.Begin();
        var options = Tiny with { Iterations = 0, Curriculum = [], GecoStart = 0 };
        using var model = Create(options);
        model.To(DType.Float64);
        var images = Images(options, type: DType.Float64);
        var (_, gradients) = Differentiate(model, images);
        using var off = GradMode.Off();

        foreach (var (name, parameter) in model.NamedParameters().Where(entry => gradients.ContainsKey(entry.Name) && !entry.Name.StartsWith("refinenet", StringComparison.Ordinal)))
        {
            var first = parameter.View([-1]).Narrow(0, 0, 1);
            double At(double change)
            {
                first.Add_(change);
                // The value of the constrained loss holds the running mean in place of the likelihood, so both parts are taken one by one.
                var terms = Terms(model, images, step: -1);
                first.Add_(-change);
                return 3 * (terms["kl/0"] + Math.Log(1 + Math.Exp(0.55)) * terms["nll/0"]);
            }
            var numeric = (At(1e-6) - At(-1e-6)) / 2e-6;
            Assert.True(Math.Abs(numeric - gradients[name][0]) <= 1e-4 * Math.Max(1, Math.Abs(numeric)), $"{name}: {gradients[name][0]} instead of {numeric}");
        }
    }

    [Fact]
    public void Images_of_a_batch_differ_from_single_ones_only_by_the_scale_of_the_refinements_gradient()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { EvaluationIterations = 0 });
        var images = Images(Tiny);
        using var both = new WaveNoise();
        using var one = new WaveNoise();

        var together = model.Decompose(images, both);
        var alone = model.Decompose(images.Narrow(0, 0, 1), one);

        Close.Equal(together.Masks.Narrow(0, 0, 1), alone.Masks, 1e-5, "masks");
    }

    [Fact]
    public void Terms_name_the_round_they_belong_to()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);

        Assert.Equal(["nll/0", "kl/0", "delta/1", "nll/1", "kl/1", "delta/2", "nll/2", "kl/2", "geco/weight", "geco/constraint"], Terms(model, Images(Tiny)).Keys);
    }

    [Fact]
    public void The_total_weighs_early_rounds_more()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { Iterations = 3, KlWeight = 0.5 });
        var images = Images(Tiny);
        var terms = Terms(model, images);
        double[] weights = [1.5, 1.25, 1, 0.75];

        var expected = weights.Select((weight, i) => weight * (terms[$"nll/{i}"] + 0.5 * terms[$"kl/{i}"])).Sum();

        Assert.Equal(expected, Differentiate(model, images).Total, 1e-4 * Math.Abs(expected));
    }

    [Theory]
    [InlineData(9, true, 3)]
    [InlineData(10, true, 1)]
    [InlineData(20, true, 2)]
    [InlineData(20, false, 3)]
    public void The_curriculum_sets_the_rounds_of_training_only(long step, bool isTraining, int rounds)
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { Iterations = 3, Curriculum = [(10, 1), (20, 2)] });
        model.Train(isTraining);

        Assert.Equal(rounds, Terms(model, Images(Tiny), step).Keys.Count(name => name.StartsWith("delta/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Evaluation_can_refine_as_often_as_its_option_says()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { EvaluationIterations = 1 });
        model.Eval();

        Assert.Equal(1, Terms(model, Images(Tiny)).Keys.Count(name => name.StartsWith("delta/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Geco_follows_the_last_rounds_likelihood()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { GecoStart = 1, GecoTarget = 2, GecoRate = 0.0004, GecoDecay = 0.9, GecoAcceleration = 5 });
        var images = Images(Tiny);
        var state = model.NamedBuffers().ToDictionary(entry => entry.Name, entry => entry.Value);
        double Constraint() => state["geco_C_ema"].ToDouble();
        double Multiplier() => state["geco_beta"].ToDouble();
        double Gap(long step) => 2 * 3 * 144 - Terms(model, images, step)["nll/2"];

        Gap(0);
        Assert.Equal((0, 0.55), (Constraint(), Math.Round(Multiplier(), 6)));
        var first = Gap(1);
        Assert.Equal(first, Constraint(), 1e-3);
        Assert.Equal(0.55, Multiplier(), 1e-6);

        using (GradMode.Off()) state["geco_C_ema"].Fill_(-900);
        var mean = 0.9 * -900 + 0.1 * Gap(2);
        Assert.True(mean < 0);
        Assert.Equal(mean, Constraint(), 1e-2);
        Assert.Equal(0.55 - 0.0004 * mean, Multiplier(), 1e-4);

        using (GradMode.Off()) state["geco_C_ema"].Fill_(200);
        var before = Multiplier();
        var positive = 0.9 * 200 + 0.1 * Gap(3);
        Assert.True(positive > 0);
        Assert.Equal(Math.Max(0.55, before - 5 * 0.0004 * positive), Multiplier(), 1e-4);
    }

    [Fact]
    public void Evaluation_and_a_broken_step_leave_geco_alone()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { GecoStart = 0 });
        var images = Images(Tiny);
        Terms(model, images, step: 0);
        byte[] State() => [.. model.NamedBuffers().SelectMany(entry => entry.Value.ToBytes())];
        var before = State();

        Assert.True(double.IsNaN(Terms(model, images * double.NaN, step: 1)["nll/0"]));
        Assert.Equal(before, State());
        model.Eval();
        Terms(model, images, step: 2);
        Assert.Equal(before, State());
    }

    [Fact]
    public void State_has_the_originals_names_shapes_and_order()
    {
        using var model = Create(new());

        Assert.Equal(666_502, model.State().Sum(entry => entry.Value.Count));
        Assert.Equal(Original, model.State().Select(entry => $"{entry.Name} {string.Join(' ', entry.Value.Shape.ToArray())}".Trim()));
        Assert.Equal(["geco_C_ema", "geco_beta"], model.NamedBuffers().Select(entry => entry.Name));
    }

    [Fact]
    public void The_number_of_slots_layers_and_rounds_changes_no_parameter()
    {
        using var few = Create(Tiny);
        using var many = Create(Tiny with { Slots = 9, Layers = 5, Iterations = 7 });

        Assert.Equal(few.ParameterCount, many.ParameterCount);
    }

    [Fact]
    public void Weights_start_as_in_the_original()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(new());
        var state = model.State().ToDictionary(entry => entry.Name, entry => entry.Value);
        double Deviation(string name) => state[name].Square().Mean().Sqrt().ToDouble();

        Assert.InRange(Deviation("hvae_networks.encoder_pt_1.2.weight"), 0.95 * 0.02 * Math.Sqrt(2.0 / 3200), 1.05 * 0.02 * Math.Sqrt(2.0 / 3200));
        Assert.InRange(Deviation("hvae_networks.gru.cell.weight_ih_1"), 0.95, 1.05);
        Assert.Equal(0, Deviation("hvae_networks.image_decoder.decode.0.bias"));
        Assert.Equal(1, Deviation("hvae_networks.encoder_pt_2.0.weight"));
        Assert.Equal([.. new double[64], .. Enumerable.Repeat(1.0, 64)], state["hvae_networks.init_posterior"].ToArray<double>());
    }

    [Theory]
    [InlineData("model.decoder_kernel")]
    [InlineData("model.output_kernel")]
    [InlineData("model.encoder_strides")]
    [InlineData("model.decoder_strides")]
    [InlineData("model.curriculum")]
    [InlineData("model.decoder=big")]
    public void Options_that_do_not_fit_are_refused_by_their_name(string name)
    {
        var options = name switch
        {
            "model.decoder_kernel" => Tiny with { DecoderKernel = 4 },
            "model.output_kernel" => Tiny with { OutputKernel = 2 },
            "model.encoder_strides" => Tiny with { EncoderStrides = [] },
            "model.decoder_strides" => Tiny with { DecoderStrides = [2, 0] },
            "model.curriculum" => Tiny with { Curriculum = [(5, 1), (5, 2)] },
            _ => Tiny with { Decoder = EfficientMorl.Decoder.Big, Height = 13 },
        };

        Assert.Contains(name, Assert.Throws<InputException>(() => Create(options).Dispose()).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Layer(string name, int outputs, int inputs, bool bias = true) =>
        bias ? [$"{name}.weight {outputs} {inputs}", $"{name}.bias {outputs}"] : [$"{name}.weight {outputs} {inputs}"];

    /// <summary>Section 6 of the specification.</summary>
    private static IEnumerable<string> Original =>
    [
        "geco_C_ema", "geco_beta",
        .. new[] { "init_posterior 1 128" }
            .Concat(Layer("pos_embed_projection", 64, 4))
            .Concat(["encoder_pt_1.0.weight 64 3 5 5", "encoder_pt_1.0.bias 64"])
            .Concat(new[] { 2, 4, 6 }.SelectMany(i => new[] { $"encoder_pt_1.{i}.weight 64 64 5 5", $"encoder_pt_1.{i}.bias 64" }))
            .Concat(["encoder_pt_2.0.weight 64", "encoder_pt_2.0.bias 64"]).Concat(Layer("encoder_pt_2.1", 64, 64)).Concat(Layer("encoder_pt_2.3", 64, 64))
            .Concat(new[] { "norm_slots", "norm_mu_pre_ff", "norm_softplus_pre_ff" }.SelectMany(name => new[] { $"{name}.weight 64", $"{name}.bias 64" }))
            .Concat(new[] { "to_q", "to_k", "to_v" }.SelectMany(name => Layer(name, 64, 64, bias: false)))
            .Concat(["gru.cell.weight_ih_1 128 64", "gru.cell.weight_hh_1 128 64", "gru.cell.weight_ih_2 128 64", "gru.cell.weight_hh_2 128 64", "gru.cell.bias_ih 256", "gru.cell.bias_hh 256"])
            .Concat(["gru.cell.weight_in_1 64 64", "gru.cell.weight_hn_1 64 64", "gru.cell.weight_in_2 64 64", "gru.cell.weight_hn_2 64 64", "gru.cell.bias_in 128", "gru.cell.bias_hn 128"])
            .Concat(Layer("mlp_mu.0", 128, 64)).Concat(Layer("mlp_mu.2", 64, 128)).Concat(Layer("mlp_softplus.0", 128, 64)).Concat(Layer("mlp_softplus.2", 64, 128))
            .Concat(new[] { 0, 2, 4, 6 }.SelectMany(i => new[] { $"image_decoder.decode.{i}.weight 64 64 3 3", $"image_decoder.decode.{i}.bias 64" }))
            .Concat(["image_decoder.decode.8.weight 4 64 3 3", "image_decoder.decode.8.bias 4"]).Concat(Layer("image_decoder.pos_embed_projection", 64, 4))
            .Concat(Layer("indep_prior.z_linear.0", 128, 64)).Concat(Layer("indep_prior.z_mu", 64, 128)).Concat(Layer("indep_prior.z_softplus", 64, 128))
            .Select(name => "hvae_networks." + name),
        "refinenet.recurrence.weight_ih_l0 192 64", "refinenet.recurrence.weight_hh_l0 192 64", "refinenet.recurrence.bias_ih_l0 192", "refinenet.recurrence.bias_hh_l0 192",
        .. Layer("refinenet.encoding.0", 128, 256), .. Layer("refinenet.encoding.2", 64, 128), .. Layer("refinenet.loc", 64, 64), .. Layer("refinenet.softplus", 64, 64),
    ];
}

public sealed class DualGruCellTests
{
    [Fact]
    public void Each_half_is_a_cell_of_its_own()
    {
        using var scope = TensorScope.Begin();
        using var random = new Generator(1);
        using var cell = new DualGruCell(3, random: random);
        var state = cell.State().ToDictionary(entry => entry.Name, entry => entry.Value);
        var (input, before) = (Waves.Of([2, 3]).To(DType.Float32), Waves.Of([2, 3], frequency: 0.9).To(DType.Float32));

        foreach (var (half, actual) in new[] { (0, cell.Halves().First.Forward(input, before)), (1, cell.Halves().Second.Forward(input, before)) })
        {
            Tensor Gates(string weight, string bias, Tensor of) => Operators.Linear(of, state[$"{weight}_{half + 1}"], state[bias].Chunk(2)[half]);
            var gates = (Gates("weight_ih", "bias_ih", input) + Gates("weight_hh", "bias_hh", before)).Sigmoid().Chunk(2, 1);
            var fresh = (Gates("weight_in", "bias_in", input) + gates[0] * Gates("weight_hn", "bias_hn", before)).Tanh();
            Close.Equal((1 - gates[1]) * fresh + gates[1] * before, actual, 1e-5, $"half {half}");
        }
    }
}

public sealed class DetachedStageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Gradients_are_those_of_the_function_whatever_is_kept(long rowsAtOnce)
    {
        using var scope = TensorScope.Begin();
        var (weight, input) = (Waves.Of([4, 5]), Waves.Of([7, 4], frequency: 0.8));
        weight.RequiresGrad = true;
        input.RequiresGrad = true;
        var expected = input.MatMul(weight).Tanh();
        var gradients = Differentiation.Gradients([Waves.Loss(expected)], [input, weight]);

        var stage = new DetachedStage(rows => rows.MatMul(weight).Tanh(), [weight], rowsAtOnce);
        var output = stage.Forward(input);
        var (byInput, byParameters) = stage.Backward(Differentiation.Gradients([Waves.Loss(output)], [output])[0]!);

        Close.Equal(expected, output, 1e-12, "output");
        Close.Equal(expected, stage.Evaluate(input), 1e-12, "output without history");
        Close.Equal(gradients[0]!, byInput!, 1e-12, "gradient by input");
        Close.Equal(gradients[1]!, byParameters![0], 1e-12, "gradient by weight");
    }
}
