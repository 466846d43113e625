using Scenograph.Models;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>The ClevrTex benchmark's IODINE, with its mistake in laying out the images.</summary>
public sealed class IodineAdapter : ModelAdapter
{
    public override string Model => "iodine";

    protected override void Run(ModelRun run)
    {
        var config = run.Case.Config;
        int Number(string name) => config.GetProperty(name).GetInt32();
        var size = config.GetProperty("input_size").EnumerateArray().Select(v => v.GetInt32()).ToArray();
        var filters = Number("conv_channels");
        using var model = run.Fill(new Iodine(new(Iodine.Version.ClevrTex, size[0], size[1], size[2], Number("K"), Number("inference_iters"), Number("z_size"),
            Math.Exp(config.GetProperty("log_scale").GetDouble()), config.GetProperty("kl_beta").GetDouble(), filters, RefinementFilters: filters,
            Hidden: Number("lstm_dim"), TiledImages: true)));
        var trace = new IodineTrace(model, run.Input("image"), new FlatNoise(run.Noise()));
        var last = trace.Iterations[^1];

        run.Add("loss", trace.Objective.Total);
        run.Add("recon_loss", last.Decoding.NegativeLogLikelihood);
        run.Add("kl", last.Decoding.Divergence);
        var masks = last.Decoding.Masks.Exp();
        run.Add("canvas", (last.Decoding.Means * masks).Sum([1]));
        run.Add("mask", masks);
        run.Add("patch", last.Decoding.Means);
        run.Add("z", last.Decoding.Sample.Flatten(0, 1));
        run.Add("lamda", trace.Stack(i => i.Posterior.Flatten(0, 1)));
        run.Add("refine_image_inputs", trace.Stack(i => i.ImageInputs));
        run.Add("refine_vector_inputs", trace.Stack(i => i.VectorInputs));
        run.Add("mask_logits", trace.Stack(i => i.Decoding.Logits.Squeeze(2).Flatten(0, 1)));
        if (run.Case.Mode == "train") run.AddGradients(trace.Objective.Total, model);
    }

    /// <summary>The original draws [B·K, L] where we draw [B, K, L]; the numbers are the same.</summary>
    private sealed class FlatNoise(NoiseSource noise) : NoiseSource
    {
        public override Tensor Normal(ReadOnlySpan<long> shape, Tensor like) => noise.Normal([shape[0] * shape[1], shape[2]], like).View(shape);

        public override Tensor Uniform(ReadOnlySpan<long> shape, Tensor like) => noise.Uniform(shape, like);
    }
}

/// <summary>The objective of IODINE, and what happened on the way to it.</summary>
internal sealed class IodineTrace
{
    public IodineTrace(Iodine model, Tensor images, NoiseSource noise)
    {
        var iterations = new Iodine.Iteration?[100];
        Objective = model.Objective(images, noise, iteration => iterations[iteration.Index] = Copy(iteration));
        Iterations = [.. iterations.OfType<Iodine.Iteration>()];
    }

    public Objective Objective { get; }

    public IReadOnlyList<Iodine.Iteration> Iterations { get; }

    /// <summary>One array of all iterations; those without it are left out.</summary>
    public Tensor Stack(Func<Iodine.Iteration, Tensor?> choose) => Operators.Stack([.. Iterations.Select(choose).OfType<Tensor>()]);

    /// <summary>The tensors of an iteration live only while it is observed.</summary>
    private static Iodine.Iteration Copy(Iodine.Iteration iteration)
    {
        static Tensor Out(Tensor value) => value.Detach().Detached();
        var decoding = iteration.Decoding;
        return new(iteration.Index, Out(iteration.Posterior), new(Out(decoding.Sample), Out(decoding.Means), Out(decoding.Logits), Out(decoding.Masks),
            Out(decoding.Likelihoods), Out(decoding.Mixture), Out(decoding.NegativeLogLikelihood), Out(decoding.Divergence), Out(decoding.Loss)),
            iteration.ImageInputs is { } images ? Out(images) : null, iteration.VectorInputs is { } vectors ? Out(vectors) : null);
    }
}
