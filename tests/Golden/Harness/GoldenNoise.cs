namespace Scenograph.Tests.Golden.Harness;

/// <summary>
/// The random draws of a case in the order in which the original consumes them (README, section 5). A model's noise source asks
/// for each draw by kind and shape and gets the case's values, or an exception that names the difference.
/// </summary>
public sealed class GoldenNoise
{
    private readonly NoiseSection section;
    private readonly long seed;
    private readonly Queue<DrawSection> remaining;

    /// <param name="section">The case's noise.</param>
    /// <param name="seed">The case's seed.</param>
    /// <param name="phase">Takes only the draws of this phase (train, forward, test); null takes all.</param>
    public GoldenNoise(NoiseSection section, long seed, string? phase = null)
    {
        this.section = section;
        this.seed = seed;
        remaining = new Queue<DrawSection>(section.Draws.Where(draw => phase is null || draw.Phase == phase));
    }

    /// <summary>Draws that were not consumed yet; a finished model should have left none.</summary>
    public IReadOnlyCollection<DrawSection> Remaining => remaining;

    /// <summary>Epsilon of a standard normal.</summary>
    public HostArray Normal(params int[] shape) => Draw("normal", shape, p: null);

    /// <summary>u of the original's own sampling formula.</summary>
    public HostArray Uniform(params int[] shape) => Draw("uniform", shape, p: null);

    /// <summary>Samples, 0 or 1.</summary>
    /// <param name="p">Probabilities of 1.</param>
    public HostArray Bernoulli(HostArray p) => Draw("bernoulli", p.Shape, p);

    /// <summary>Indices along the last axis, which is gone from the result.</summary>
    /// <param name="p">Probabilities over the last axis.</param>
    public HostArray Categorical(HostArray p) => Draw("categorical", p.Shape, p);

    /// <summary>A permutation of 0 .. count − 1.</summary>
    public HostArray Permutation(int count) => Draw("permutation", [count], p: null);

    /// <summary>The value of one draw, for a model whose order of consumption differs from the original's.</summary>
    /// <param name="draw">One of the case's draws.</param>
    /// <param name="p">Probabilities, for bernoulli and categorical.</param>
    /// <param name="element">Takes one element of u instead of all, for draws that are consumed one by one.</param>
    public HostArray Value(DrawSection draw, HostArray? p = null, int? element = null)
    {
        var u = new Lazy<HostArray>(() => Fill.Uniform(draw.Key ?? "input:" + draw.Name, draw.Shape, seed));
        var scope = new RuleScope(element is null ? draw.Shape : [], name => name switch
        {
            "u" => element is { } index ? HostArray.Scalar(u.Value.Values[index]) : u.Value,
            "p" => p,
            _ => null,
        });
        var rule = RuleExpression.Parse(draw.Rule);
        return draw.Kind is "bernoulli" or "categorical" ? rule.Evaluate(scope) : rule.EvaluateToShape(scope).ToSinglePrecision();
    }

    private HostArray Draw(string kind, int[] shape, HostArray? p)
    {
        if (section.Draws.Any(draw => draw.Kind == kind))
        {
            return FromList(kind, shape, p);
        }

        return Treatment(kind) switch
        {
            "zero" => HostArray.Full(0, shape),
            "constant" => Constant(kind, shape, p),
            "identity" => new HostArray([.. Enumerable.Range(0, shape[0]).Select(index => (double)index)], shape),
            var other => throw new InvalidOperationException(
                $"our model draws {kind} {HostArray.Describe(shape)}, but the original draws none (noise.{kind}: {other ?? "absent"})"),
        };
    }

    private HostArray FromList(string kind, int[] shape, HostArray? p)
    {
        if (!remaining.TryDequeue(out var draw))
        {
            throw new InvalidOperationException($"our model draws {kind} {HostArray.Describe(shape)} after the original's last draw");
        }

        if (draw.Kind != kind || !draw.Shape.AsSpan().SequenceEqual(shape))
        {
            throw new InvalidOperationException(
                $"our model draws {kind} {HostArray.Describe(shape)} where the original draws {draw.Kind} {HostArray.Describe(draw.Shape)} ({draw.Name})");
        }

        return Value(draw, p);
    }

    private HostArray Constant(string kind, int[] shape, HostArray? p)
    {
        var constant = section.Constant.TryGetValue(kind, out var value)
            ? value
            : throw new FormatException($"noise: the constant of {kind} is missing");
        return kind switch
        {
            "bernoulli" => p!.Select(probability => constant < probability ? 1 : 0),
            "categorical" => RuleExpression.Parse("argmax(p)").Evaluate(new RuleScope(shape, _ => p)),
            _ => HostArray.Full(constant, shape).ToSinglePrecision(),
        };
    }

    private string? Treatment(string kind) => kind switch
    {
        "normal" => section.Normal,
        "uniform" => section.Uniform,
        "bernoulli" => section.Bernoulli,
        "categorical" => section.Categorical,
        _ => section.Permutation,
    };
}
