using Scenograph.Models;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>
/// What every model's adapter needs: weights filled by the case's rules, inputs and noise as tensors, gradients by the names that
/// the case gives. A model's adapter builds the module and names its outputs. Everything is computed on the device that the
/// environment variable <c>SCENOGRAPH_DEVICE</c> names (cpu, cuda, cuda:N), the processor where it is not set.
/// </summary>
public abstract class ModelAdapter : IGoldenAdapter
{
    public abstract string Model { get; }

    public virtual bool CanRun(GoldenCase goldenCase) => true;

    public GoldenResult Run(GoldenCase goldenCase, GoldenPrecision precision)
    {
        using var scope = TensorScope.Begin();
        var run = new ModelRun(goldenCase, precision == GoldenPrecision.Float64 ? DType.Float64 : DType.Float32);
        Run(run);
        return run.Result;
    }

    /// <summary>Builds the module, runs it and adds every array the case stores.</summary>
    protected abstract void Run(ModelRun run);
}

/// <summary>One run of a case through a module, in one element type.</summary>
public sealed class ModelRun(GoldenCase goldenCase, DType dtype)
{
    private readonly Device device = Environment.GetEnvironmentVariable("SCENOGRAPH_DEVICE") is { Length: > 0 } named ? Device.Parse(named) : Device.Cpu;

    public GoldenCase Case => goldenCase;

    public GoldenResult Result { get; } = new();

    /// <summary>Gives the module the case's weights and mode.</summary>
    public T Fill<T>(T module) where T : Module
    {
        using var _ = GradMode.Off();
        module.Train(goldenCase.Mode == "train");
        foreach (var (name, value) in module.State())
        {
            var constructed = ToHost(value);
            if (goldenCase.WeightValue(name, constructed.Shape, constructed) is { } filled) value.Copy_(ToTensor(filled, DType.Float32));
        }
        module.To(device, dtype);
        return module;
    }

    public Tensor Input(string name) => ToTensor(goldenCase.Input(name), dtype, device);

    public NoiseSource Noise(string? phase = null) => new CaseNoise(goldenCase.NoiseDraws(phase));

    public void Add(string name, Tensor value)
    {
        var host = ToHost(value);
        Result.Add(name, host.Values, host.Shape);
    }

    /// <summary>Differentiates a loss and adds grad_norms and the gradient of every parameter that the case stores.</summary>
    /// <param name="loss">A tensor of one element, stored as <c>loss</c> by the case.</param>
    /// <param name="module">Whose parameters' gradients are wanted.</param>
    public void AddGradients(Tensor loss, Module module)
    {
        loss.Backward();
        var parameters = module.NamedParameters().ToDictionary(p => p.Name, p => p.Value);
        if (goldenCase.Sections.GradNames.Count > 0)
        {
            Result.Add("grad_norms", [.. goldenCase.Sections.GradNames.Select(name => parameters[name].Grad is { } grad ? Norm(ToHost(grad)) : 0)],
                goldenCase.Sections.GradNames.Count);
        }
        foreach (var array in goldenCase.Sections.Arrays.Where(a => a.Quantity == "gradient" && a.Parameter is not null && !a.Name.StartsWith("f64:", StringComparison.Ordinal)))
        {
            Add(array.Name, parameters[array.Parameter!].Grad ?? parameters[array.Parameter!].ZerosLike());
        }
    }

    /// <summary>Adds the parameters whose values after an update the case stores.</summary>
    public void AddParameters(Module module)
    {
        var parameters = module.NamedParameters().ToDictionary(p => p.Name, p => p.Value);
        foreach (var array in goldenCase.Sections.Arrays.Where(a => a.Quantity == "state" && a.Parameter is not null)) Add(array.Name, parameters[array.Parameter!]);
    }

    private static double Norm(HostArray array) => Math.Sqrt(array.Values.Sum(v => v * v));

    public static HostArray ToHost(Tensor value)
    {
        using var detached = value.Detach();
        return new(detached.ToArray<double>(), [.. value.Shape.ToArray().Select(size => (int)size)]);
    }

    public static Tensor ToTensor(HostArray array, DType dtype, Device? device = null)
    {
        using var exact = Tensor.From(array.Values, [.. array.Shape.Select(size => (long)size)]);
        return exact.To(device ?? Device.Cpu, dtype);
    }

    private sealed class CaseNoise(GoldenNoise draws) : NoiseSource
    {
        public override Tensor Normal(ReadOnlySpan<long> shape, Tensor like) => ToTensor(draws.Normal(Sizes(shape)), like.DType, like.Device);

        public override Tensor Uniform(ReadOnlySpan<long> shape, Tensor like) => ToTensor(draws.Uniform(Sizes(shape)), like.DType, like.Device);

        public override Tensor Categorical(Tensor logits)
        {
            using var probabilities = logits.Detach().To(DType.Float64).Softmax(-1);
            using var drawn = ToTensor(draws.Categorical(ToHost(probabilities)), DType.Float64, logits.Device);
            return drawn.To(DType.Int64).OneHot(logits.Size(-1)).To(logits.DType);
        }

        public override Tensor Bernoulli(Tensor probabilities) => ToTensor(draws.Bernoulli(ToHost(probabilities)), probabilities.DType, probabilities.Device);

        private static int[] Sizes(ReadOnlySpan<long> shape) => [.. shape.ToArray().Select(size => (int)size)];
    }
}
