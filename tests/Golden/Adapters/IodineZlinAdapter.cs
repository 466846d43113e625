using Scenograph.Models;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>zhixuan-lin's IODINE, with its cell state in place of the output and its second ELU; and the small VAE beside it.</summary>
public sealed class IodineZlinAdapter : ModelAdapter
{
    public override string Model => "iodine-zlin";

    protected override void Run(ModelRun run)
    {
        if (run.Case.Config.GetProperty("class").GetString() == "VAE") RunVae(run);
        else RunIodine(run);
    }

    private static void RunIodine(ModelRun run)
    {
        var config = run.Case.Config;
        int Number(string name) => config.GetProperty(name).GetInt32();
        int Part(string part, string name) => config.GetProperty(part).GetProperty(name).GetInt32();
        var inputs = config.GetProperty("ENCODING").EnumerateArray().Select(name => InputOf(name.GetString()!)).ToArray();
        using var model = run.Fill(new Iodine(new(Iodine.Version.ZhixuanLin, Number("IMG_CHANNELS"), Number("IMG_SIZE"), Number("IMG_SIZE"), Number("SLOTS"), Number("ITERS"),
            Number("DIM_LATENT"), config.GetProperty("SIGMA").GetDouble(), 1,
            Part("DEC", "CONV_CHAN"), Part("DEC", "CONV_LAYERS"), Part("DEC", "KERNEL_SIZE"),
            RefinementFilters: Part("REF", "CONV_CHAN"), RefinementLayers: Part("REF", "CONV_LAYERS"), RefinementKernel: Part("REF", "KERNEL_SIZE"),
            RefinementStride: Part("REF", "STRIDE"), Hidden: Part("REF", "MLP_UNITS"),
            Inputs: inputs, Normalise: config.GetProperty("LAYERNORM").GetBoolean(), CellHead: true, DoubleElu: true, StableMaskPosterior: false)));
        var images = run.Input("image");
        if (run.Case.Mode == "eval")
        {
            var parts = model.Decompose(images, run.Noise());
            run.Add("pred", parts.Reconstruction);
            run.Add("mask", parts.Masks);
            run.Add("mean", parts.Components);
            run.Add("posterior", Operators.Stack([parts.Latents["mean"], parts.Latents["deviation"].Log() * 2], 2));
            return;
        }
        var trace = new IodineTrace(model, images, run.Noise());
        var last = trace.Iterations[^1].Decoding;
        run.Add("loss", trace.Objective.Total);
        run.Add("elbos", -trace.Stack(i => i.Decoding.Loss));
        run.Add("pred", (last.Means * last.Masks).Sum([1]));
        run.Add("mask", last.Masks);
        run.Add("mean", last.Means);
        run.Add("z", last.Sample);
        run.Add("posterior", trace.Stack(i => Operators.Stack(i.Posterior.Chunk(2, -1), 2)));
        run.Add("refine_image_inputs", trace.Stack(i => i.ImageInputs is { } maps ? maps.Unflatten(0, [images.Size(0), -1]) : null));
        run.Add("refine_latent_inputs", trace.Stack(i => i.VectorInputs is { } vectors ? vectors.Unflatten(0, [images.Size(0), -1]) : null));
        run.Add("mask_logits", trace.Stack(i => i.Decoding.Logits));
        run.AddGradients(trace.Objective.Total, model);
    }

    private static void RunVae(ModelRun run)
    {
        var config = run.Case.Config;
        var images = run.Input("image");
        var samples = run.Case.Sections.Noise.Draws[0].Shape[1];
        using var model = run.Fill(new MnistVae(new((int)images.Size(1), (int)images.Size(2), (int)images.Size(3), config.GetProperty("dim_latent").GetInt32(), Samples: samples)));
        var output = model.Forward(images, samples, run.Noise());
        var loss = output.Losses.Mean();
        run.Add("loss", loss);
        run.Add("neg_elbo", output.Losses);
        run.Add("reconstruction", output.Reconstructions);
        run.Add("mean", output.Mean);
        run.Add("log_var", output.LogVariance);
        run.AddGradients(loss, model);
    }

    private static Iodine.Input InputOf(string name) => Enum.GetValues<Iodine.Input>().Single(input =>
        string.Equals(input.ToString(), name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
}
