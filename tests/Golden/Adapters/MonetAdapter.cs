using Scenograph.Models;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>MONet.</summary>
public sealed class MonetAdapter : ModelAdapter
{
    public override string Model => "monet";

    protected override void Run(ModelRun run)
    {
        var config = run.Case.Config;
        var shape = config.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32()).ToArray();
        var options = new MONet.Options(shape[0], shape[1], shape[2], config.GetProperty("n_slots").GetInt32(), config.GetProperty("numb").GetInt32(),
            config.GetProperty("z_dim").GetInt32(), config.GetProperty("attention_ngf").GetInt32(),
            BackgroundScale: config.GetProperty("bg_scl").GetDouble(), ForegroundScale: config.GetProperty("fg_scl").GetDouble());
        using var model = run.Fill(new MONet(options));
        var images = run.Input("image");

        var output = model.Forward(images, run.Noise());
        var terms = model.Terms(images, output);
        run.Add("rec_loss", terms.Reconstruction);
        run.Add("kl", terms.Divergence * options.Beta);
        run.Add("kl_mask", terms.MaskDivergence * options.Gamma);
        run.Add("canvas", model.Decompose(images, run.Noise()).Reconstruction);
        run.Add("mask", output.LogMasks.Exp());
        run.Add("other_mask", output.PaintedLogMasks);
        run.Add("patch", output.Components);
        run.Add("latents", Operators.Stack([output.Mean, output.Deviation], 2));
        run.Add("log_alpha0", output.LogMasks.Select(1, 0)); // the first takes its share of everything

        var loss = model.Objective(new(images, []), 0, run.Noise()).Total;
        run.Add("loss", loss);
        run.AddGradients(loss, model);
    }
}
