using System.Text.Json;
using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>GENESIS-V2, and its GECO alone where a case has a trace of it.</summary>
public sealed class GenesisV2Adapter : ModelAdapter
{
    public override string Model => "genesis-v2";

    protected override void Run(ModelRun run)
    {
        var config = run.Case.Config;
        int Integer(string name) => config.GetProperty(name).GetInt32();
        double Number(string name) => config.GetProperty(name).GetDouble();
        bool Truth(string name) => config.GetProperty(name).GetBoolean();
        var image = run.Input("image");
        using var model = run.Fill(new GenesisV2(new((int)image.Size(1), Integer("img_size"), Integer("img_size"), Integer("K_steps"), Integer("feat_dim"),
            Kernel: Enum.Parse<GenesisV2.Kernel>(config.GetProperty("kernel").GetString()!, ignoreCase: true), SemiConvolution: Truth("semiconv"),
            AutoregressivePrior: Truth("autoreg_prior"), MaskLoss: Truth("klm_loss"), DetachPaintedMasks: Truth("detach_mr_in_klm"),
            DynamicSlots: Truth("dynamic_K"), PixelDeviation: Number("pixel_std"), PixelBound: Truth("pixel_bound"), Goal: Number("g_goal"),
            GoalStep: Number("g_lr"), GoalDecay: Number("g_alpha"), GoalSpeedup: Number("g_speedup"), BetaStart: Number("g_init"), BetaMinimum: Number("g_min"),
            Compatible: true)));
        model.Controller.ForgetErrors(); // a buffer of ours alone, which the fill has set

        var output = model.Forward(image, run.Noise());
        var terms = model.Terms(image, output);
        var kl = terms.Divergences.Sum([1]);
        if (terms.MaskDivergences is { } masks)
        {
            run.Add("kl_m", masks);
            kl = kl + masks;
        }
        run.Add("rec_loss", terms.Errors.Mean());
        run.Add("kl", kl.Mean());
        run.Add("elbo", (terms.Errors + kl).Mean());
        run.Add("err_per_image", terms.Errors);
        run.Add("kl_l", terms.Divergences);
        run.Add("seed_index", output.Seeds!);
        var positions = output.Seeds!.Unsqueeze(1).Expand([-1, output.Colours.Size(1), -1]);
        run.Add("seeds", output.Colours.Flatten(2).Gather(2, positions).Transpose(1, 2));
        run.Add("mu", output.Mean);
        run.Add("sigma", output.Deviation);
        run.Add("z", output.Latents);
        if (model.LatentPrior(output.Latents) is { } prior)
        {
            run.Add("prior_mu", prior.Mean);
            run.Add("prior_sigma", prior.Deviation);
        }
        run.Add("recon", (output.LogMasks.Exp() * output.Components).Sum([1]));
        run.Add("masks", output.LogMasks.Exp());
        run.Add("attention_masks", output.AttentionLogMasks.Exp());
        run.Add("patches", output.Components);
        run.Add("colour", output.Colours);

        var loss = model.Objective(new(image, []), 0, run.Noise()).Total;
        run.Add("loss", loss);
        run.Add("geco_beta_after", model.Controller.Beta);
        run.Add("geco_err_ema_after", model.Controller.MeanError);
        run.AddGradients(loss, model);
        if (run.Case.State.TryGetProperty("geco_trace", out var trace)) RunTrace(run, trace);
    }

    private static void RunTrace(ModelRun run, JsonElement trace)
    {
        double Number(string name) => trace.GetProperty(name).GetDouble();
        using var controller = new GecoController(new(Number("goal"), Number("step_size"), Number("alpha"), Number("init"), Number("min"), Speedup: Number("speedup")));
        var errors = run.Input("geco_trace_err");
        var (betas, means) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < errors.Size(0); i++)
        {
            controller.Update(errors.Narrow(0, i, 1));
            betas.Add(controller.Beta.Clone());
            means.Add(controller.MeanError.Clone());
        }
        run.Add("geco_trace_beta", Operators.Stack([.. betas]));
        run.Add("geco_trace_err_ema", Operators.Stack([.. means]));
    }
}
