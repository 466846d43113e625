using System.Text.Json;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

/// <summary>Optimisers against PyTorch's own, whose numbers data/make_optimizers.py wrote.</summary>
public sealed class OptimizerTests : IDisposable
{
    private static readonly JsonElement Document = JsonDocument.Parse(TestFiles.Read("Torch/data/optimizers.json")).RootElement;

    private readonly TensorScope scope = TensorScope.Begin();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var entry in Document.GetProperty("cases").EnumerateArray())
            {
                foreach (var type in new[] { "Float64", "Float32" }) cases.Add($"{entry.GetProperty("optimizer")} {entry.GetProperty("options")}", type);
            }
            return cases;
        }
    }

    private static JsonElement Find(string name) => Document.GetProperty("cases").EnumerateArray()
        .First(entry => $"{entry.GetProperty("optimizer")} {entry.GetProperty("options")}" == name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_hundred_steps_end_where_PyTorchs_end(string name, string type)
    {
        var entry = Find(name);
        using var problem = new Problem(Enum.Parse<DType>(type));
        using var optimizer = problem.Optimizer(entry);
        var expected = entry.GetProperty(type.ToLowerInvariant());
        for (var step = 0; step < 100; step++)
        {
            problem.Step(optimizer, entry.GetProperty("rate").GetDouble(), step);
            if (expected.TryGetProperty($"{step + 1}", out var values))
            {
                Close.Equal([.. values.EnumerateArray().Select(v => v.GetDouble())], problem.Values(), type == "Float64" ? 1e-9 : 1e-6, $"after step {step + 1}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_saved_and_loaded_state_goes_on_bit_for_bit(string name, string type)
    {
        var entry = Find(name);
        var rate = entry.GetProperty("rate").GetDouble();
        using var unbroken = new Problem(Enum.Parse<DType>(type));
        using var first = unbroken.Optimizer(entry);
        for (var step = 0; step < 7; step++) unbroken.Step(first, rate, step);

        using var resumed = new Problem(Enum.Parse<DType>(type));
        using var second = resumed.Optimizer(entry);
        resumed.CopyFrom(unbroken);
        second.LoadState(first.StateTensors().ToDictionary(s => s.Name, s => s.Value.Clone()));
        for (var step = 7; step < 14; step++)
        {
            unbroken.Step(first, rate, step);
            resumed.Step(second, rate, step);
        }
        Assert.Equal(unbroken.Values(), resumed.Values());
    }

    [Fact]
    public void State_tensors_have_the_parameters_names_and_PyTorchs()
    {
        using var problem = new Problem(DType.Float32);
        using var optimizer = new Adam([new(problem.Named)]);
        problem.Step(optimizer, 0.1, 0);
        Assert.Equal(["a.step", "a.exp_avg", "a.exp_avg_sq", "b.step", "b.exp_avg", "b.exp_avg_sq", "c.step", "c.exp_avg", "c.exp_avg_sq"],
            optimizer.StateTensors().Select(s => s.Name));
    }

    [Fact]
    public void A_parameter_without_gradient_is_left_alone()
    {
        using var problem = new Problem(DType.Float32);
        using var optimizer = new AdamW([new(problem.Named)], 0.1);
        problem.Step(optimizer, 0.1, step: 2); // this one leaves c out
        Assert.Equal(0.8f, problem.Values()[^1], 6);
        Assert.DoesNotContain("c.step", optimizer.StateTensors().Select(s => s.Name));
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused_whole_with_everything_that_is_wrong()
    {
        using var problem = new Problem(DType.Float32);
        using var optimizer = new Adam([new(problem.Named)]);
        problem.Step(optimizer, 0.1, 0);
        var before = optimizer.StateTensors().ToDictionary(s => s.Name, s => s.Value.ToArray<double>());
        var state = optimizer.StateTensors().ToDictionary(s => s.Name, s => s.Value.Clone() + 1);
        state.Remove("a.exp_avg");
        state["b.exp_avg_sq"] = Operators.Zeros([5]);
        state["d.step"] = Operators.Zeros([], DType.Int64);
        state["a.step"] = Operators.Zeros([], DType.Int64);
        state["b.step"] = Operators.Zeros([], DType.Int64);
        state["c.step"] = Operators.Zeros([], DType.Int64);

        var error = Assert.Throws<InputException>(() => optimizer.LoadState(state));
        Assert.Equal("the optimiser's state does not fit this Adam: missing a.exp_avg; unexpected d.step; b.exp_avg_sq is Float32[5] instead of Float32[2, 2]", error.Message);
        Assert.Equal(before, optimizer.StateTensors().ToDictionary(s => s.Name, s => s.Value.ToArray<double>()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Clipping_by_norm_gives_what_PyTorch_gives(int index)
    {
        var expected = Document.GetProperty("clip")[index];
        Tensor[] parameters = [Operators.Zeros([2]), Operators.Zeros([2, 2]), Operators.Zeros([3])];
        foreach (var parameter in parameters) parameter.RequiresGrad = true;
        parameters[0].Grad = Tensor.From<float>([3, -4], [2]);
        parameters[1].Grad = Tensor.From<float>([1, 2, -2, 0.5f], [2, 2]);
        var norm = GradientClip.ByNorm(parameters, expected.GetProperty("limit").GetDouble());
        Close.Equal([expected.GetProperty("norm").GetDouble()], norm, 1e-6, "norm");
        Close.Equal([.. expected.GetProperty("gradients").EnumerateArray().Select(v => v.GetDouble())],
            [.. parameters[0].Grad!.ToArray<double>(), .. parameters[1].Grad!.ToArray<double>()], 1e-6, "gradients");
        Assert.Null(parameters[2].Grad);
    }

    [Fact]
    public void Clipping_by_an_infinite_norm_only_measures()
    {
        var parameter = Operators.Zeros([2]);
        parameter.RequiresGrad = true;
        parameter.Grad = Tensor.From<float>([3, float.PositiveInfinity], [2]);
        Assert.Equal(double.PositiveInfinity, GradientClip.ByNorm([parameter], double.PositiveInfinity).ToDouble());
        Assert.Equal([3, float.PositiveInfinity], parameter.Grad!.ToArray<float>());
        Assert.Equal(0, GradientClip.ByNorm([Operators.Zeros([2])], 1).ToDouble());
    }

    [Fact]
    public void Clipping_by_value_moves_every_value_into_the_range()
    {
        var parameter = Operators.Zeros([3]);
        parameter.RequiresGrad = true;
        parameter.Grad = Tensor.From<float>([3, -4, 0.25f], [3]);
        GradientClip.ByValue([parameter], 0.5);
        Assert.Equal([0.5f, -0.5f, 0.25f], parameter.Grad!.ToArray<float>());
    }

    [Fact]
    public void The_weight_average_follows_the_parameters_and_swaps_with_them()
    {
        using var layer = Waves.Fill(new Linear(2, 1, bias: false));
        using var average = new WeightAverage(layer, 0.75);
        var start = layer.Parameters()[0].ToArray<double>();
        using (GradMode.Off()) layer.Parameters()[0].Add_(4);
        average.Update();
        Close.Equal([.. start.Select(v => v + 1)], average.StateTensors().Single().Value, 1e-12, "average");
        average.Swap();
        Close.Equal([.. start.Select(v => v + 1)], layer.Parameters()[0], 1e-12, "swapped in");
        average.Swap();
        Close.Equal([.. start.Select(v => v + 4)], layer.Parameters()[0], 1e-12, "swapped back");
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        using var layer = new Linear(1, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(layer, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(layer, options: new(Beta1: 1)));
        Assert.Throws<ArgumentException>(() => new SGD(layer, options: new(Nesterov: true)));
        Assert.Throws<ArgumentException>(() => new SGD([new(layer.NamedParameters()), new(layer.NamedParameters())]));
    }

    /// <summary>The problem of data/make_optimizers.py.</summary>
    private sealed class Problem : IDisposable
    {
        private readonly Tensor a, b, c;

        public Problem(DType type)
        {
            using var _ = GradMode.Off();
            a = Tensor.From<double>([0.3, -0.7, 1.6], [3]).To(type).Detached();
            b = Tensor.From<double>([0.2, -0.4, 0.9, 0.5], [2, 2]).To(type).Detached();
            c = Tensor.From<double>([0.8], []).To(type).Detached();
            foreach (var (_, value) in Named) value.RequiresGrad = true;
        }

        public (string Name, Tensor Value)[] Named => [("a", a), ("b", b), ("c", c)];

        public Optimizer Optimizer(JsonElement entry)
        {
            var options = entry.GetProperty("options");
            double Number(string name, double missing) => options.TryGetProperty(name, out var value) ? value.GetDouble() : missing;
            bool Flag(string name) => options.TryGetProperty(name, out var value) && value.GetBoolean();
            double Beta(int index, double missing) => options.TryGetProperty("betas", out var value) ? value[index].GetDouble() : missing;

            ParameterGroup[] groups = [new([("a", a), ("b", b)]), new([("c", c)], learningRateScale: 0.5)];
            double? decay = options.TryGetProperty("weight_decay", out var given) ? given.GetDouble() : null;
            var adam = new AdamOptions(Beta(0, 0.9), Beta(1, 0.999), Number("eps", 1e-8), decay, Flag("amsgrad"));
            return entry.GetProperty("optimizer").GetString() switch
            {
                "adam" => new Adam(groups, options: adam),
                "adamw" => new AdamW(groups, options: adam),
                "adamax" => new Adamax(groups, options: new(Beta(0, 0.9), Beta(1, 0.999), Number("eps", 1e-8), decay ?? 0)),
                "rmsprop" => new RMSprop(groups, options: new(Number("alpha", 0.99), Number("eps", 1e-8), decay ?? 0, Number("momentum", 0), Flag("centered"))),
                _ => new SGD(groups, options: new(Number("momentum", 0), Number("dampening", 0), decay ?? 0, Flag("nesterov"))),
            };
        }

        public void Step(Optimizer optimizer, double rate, int step)
        {
            using var scope = TensorScope.Begin();
            optimizer.LearningRate = rate * (1 - step / 200.0);
            optimizer.ZeroGrad();
            var loss = (a * a - 1).Square().Sum() + (b.Sin() * a.Select(0, 0)).Sum() + 0.1 * b.MatMul(b).Square().Sum();
            if (step % 3 != 2) loss += (c - a.Select(0, 1)).Square();
            loss.Backward();
            optimizer.Step();
        }

        public double[] Values() => [.. a.ToArray<double>(), .. b.ToArray<double>(), .. c.ToArray<double>()];

        public void CopyFrom(Problem other)
        {
            using var _ = GradMode.Off();
            foreach (var (mine, theirs) in Named.Zip(other.Named)) mine.Value.Copy_(theirs.Value);
        }

        public void Dispose()
        {
            foreach (var (_, value) in Named) value.Dispose();
        }
    }

    [Fact]
    public void A_part_of_a_module_can_learn_at_a_rate_of_its_own()
    {
        using var first = new Linear(2, 2);
        using var second = new Linear(2, 2);
        using var whole = new Sequential(first, second);

        var groups = ParameterGroup.Split(whole, second, learningRateScale: 0.2, weightDecay: 0.1);

        Assert.Equal(["0.weight", "0.bias"], groups[0].Parameters.Select(parameter => parameter.Name));
        Assert.Equal(["1.weight", "1.bias"], groups[1].Parameters.Select(parameter => parameter.Name));
        Assert.Equal((0.2, 0.1), (groups[1].LearningRateScale, groups[1].WeightDecay));
    }
}
