using System.Text.Json;
using Scenograph.Models;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>EfficientMORL: both stages of inference, gradients in training, and the update of GECO.</summary>
public sealed class EfficientMorlAdapter : ModelAdapter
{
    public override string Model => "efficient-morl";

    protected override void Run(ModelRun run)
    {
        var step = run.Case.Sections.State.GetProperty("step").GetInt64();
        using var model = run.Fill(new EfficientMorl(Options(run.Case.Config)));
        var images = run.Input("image");
        var output = model.Infer(images, step, run.Noise());
        Add(run, output, images.Size(0));
        if (run.Case.Mode != "train")
        {
            run.Add("loss", output.Loss);
            return;
        }
        var loss = model.Objective(new(images, []), step, run.Noise()).Total;
        run.Add("loss", loss);
        run.AddGradients(loss, model);
        foreach (var (name, value) in model.NamedBuffers()) run.Add(name + "_after", value);
    }

    private static EfficientMorl.Options Options(JsonElement config)
    {
        var training = config.GetProperty("training");
        var size = config.GetProperty("input_size").EnumerateArray().Select(v => v.GetInt32()).ToArray();
        var curriculum = training.GetProperty("refinement_curriculum").EnumerateArray().Select(pair => (Step: pair[0].GetInt32(), Iterations: pair[1].GetInt32())).ToArray();
        var iterations = config.GetProperty("refinement_iters").GetInt32();
        return new(size[0], size[1], size[2], config.GetProperty("K").GetInt32(), config.GetProperty("z_size").GetInt32(), config.GetProperty("stochastic_layers").GetInt32(),
            Iterations: curriculum.Where(stage => stage.Step < 0).Select(stage => stage.Iterations).DefaultIfEmpty(iterations).Last(),
            Curriculum: [.. curriculum.Where(stage => stage.Step >= 0)],
            EvaluationIterations: iterations,
            Likelihood: config.GetProperty("image_likelihood").GetString() == "GMM" ? EfficientMorl.Likelihood.Gmm : EfficientMorl.Likelihood.Gaussian,
            Deviation: Math.Exp(config.GetProperty("log_scale").GetDouble()),
            Prior: config.GetProperty("bottom_up_prior").GetBoolean() ? EfficientMorl.Prior.BottomUp
                : config.GetProperty("reverse_prior_plusplus").GetBoolean() ? EfficientMorl.Prior.ReversedPlusPlus : EfficientMorl.Prior.Reversed,
            KlWeight: training.GetProperty("kl_beta_init").GetDouble(),
            Geco: config.GetProperty("use_geco").GetBoolean(),
            GecoStart: config.GetProperty("geco_warm_start").GetInt32(),
            GecoTarget: training.GetProperty("geco_reconstruction_target").GetDouble() / (size[0] * size[1] * size[2]),
            GecoDecay: training.GetProperty("geco_ema_alpha").GetDouble(),
            GecoRate: training.GetProperty("geco_beta_stepsize").GetDouble());
    }

    private static void Add(ModelRun run, EfficientMorl.Inference output, long batch)
    {
        var last = output.Rounds[^1];
        run.Add("rec_loss", last.NegativeLogLikelihood.Mean());
        run.Add("kl", last.Divergence.Mean());
        run.Add("nll_iter", Operators.Stack([.. output.Rounds.Select(round => round.NegativeLogLikelihood)]));
        run.Add("lambda_iter", Operators.Stack([.. output.Rounds.Select(round => round.Parameters)]));
        if (output.Rounds.Count > 1)
        {
            run.Add("inner_loss", Operators.Stack([.. output.Rounds.SkipLast(1).Select(round => round.Loss)]));
            run.Add("deltas", Operators.Stack([.. output.Rounds.Skip(1).Select(round => round.Change!)]));
        }
        foreach (var (layer, posterior) in output.Posteriors.Index())
        {
            run.Add($"post_mu_{layer}", posterior.Mean);
            run.Add($"post_std_{layer}", posterior.Variance.Sqrt());
            run.Add($"attn_{layer}", output.Attentions[layer].View([batch, -1, 1, output.Masks.Size(3), output.Masks.Size(4)]));
        }
        run.Add("recon", output.Reconstruction);
        run.Add("masks", output.Masks);
        run.Add("patches", output.Components);
        run.Add("masks_first", output.Rounds[0].Masks);
    }
}
