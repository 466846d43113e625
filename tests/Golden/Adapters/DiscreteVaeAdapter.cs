using System.Text.Json;
using Scenograph.Estimators;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>D-VAE and D-VAE-ST with the original's quirks, their auto-encoders alone, the spatial transform, and the accuracy.</summary>
public sealed class DiscreteVaeAdapter : ModelAdapter
{
    public override string Model => "discrete-vae";

    protected override void Run(ModelRun run)
    {
        var kind = run.Case.Config.TryGetProperty("class", out var name) ? name.GetString() : null;
        if (kind is "DVAE" or "DVAEST") RunDVae(run, kind == "DVAEST");
        else if (kind is not null) RunAutoEncoder(run);
        else if (run.Case.Config.TryGetProperty("K", out _)) RunAccuracy(run);
        else RunTransform(run);
    }

    private static void RunDVae(ModelRun run, bool transformed)
    {
        var config = run.Case.Config;
        var (rate, decay) = (config.GetProperty("lr").GetDouble(), config.GetProperty("weight_decay").GetDouble());
        using var model = run.Fill(new DVae(Options(config, transformed, rate)));
        var images = run.Input("x");

        var inference = model.Forward(images, run.Noise("forward"));
        run.Add("logits", inference.Parameters);
        run.Add("forward_z", inference.Code);
        run.Add("forward_x_tilde", inference.Reconstruction);
        run.Add("prototypes", model.Prototypes());
        if (inference.Transform is { } transform)
        {
            run.Add("forward_x_p", inference.Picture);
            run.Add("forward_t", inference.Sample!);
            run.Add("forward_mu_t", transform.Mean);
            run.Add("forward_log_var_t", transform.LogVariance);
        }
        var (nll, divergence) = model.Bound(images, run.Noise("test"));
        run.Add("test_NLL", nll);
        run.Add("test_KL", divergence);

        var pass = model.Train(images, run.Noise("train"));
        var (loss, estimate) = (pass.Total(), pass.Estimate);
        run.Add("KL", pass.Divergence);
        if (pass.Transform is { } inferred) run.Add("KL_t", inferred.Divergence);
        run.Add("NLL", estimate.Loss);
        run.Add("S", estimate.Surrogate ?? loss.ZerosLike());
        run.Add("loss", loss);
        if (estimate.Tuning is { } tuning) run.Add("var_loss", tuning);
        if (model.Estimator is Nvil nvil) run.Add("baseline_loss", (estimate.Loss.Unsqueeze(0) - nvil.Baseline.Forward(images)).Square().Mean());
        run.AddGradients(loss, model);
        using var optimizer = new Adam(model.ParameterGroups(), rate, new(WeightDecay: decay));
        optimizer.Step();
        run.AddParameters(model);
    }

    private static DVae.DVaeOptions Options(JsonElement config, bool transformed, double rate)
    {
        var vae = config.GetProperty("VAE-Setup");
        var side = vae.GetProperty("img_dim").GetInt32();
        var hidden = transformed ? Sizes(config.GetProperty("Localization-Setup"), "FC_hidden_dims") : [];
        DVae.DVaeOptions options = transformed ? new DVae.StOptions { LocalisationHidden = hidden, FreshTransforms = true } : new DVae.Options();
        return options with
        {
            Channels = vae.GetProperty("img_channels").GetInt32(),
            Height = side,
            Width = side,
            Size = vae.GetProperty("latent_dim").GetInt32(),
            EncoderHidden = Sizes(vae, "FC_hidden_dims_enc"),
            DecoderHidden = Sizes(vae, "FC_hidden_dims_dec"),
            Variance = vae.GetProperty("fixed_var").GetDouble(),
            Estimator = Estimator(config),
            BaselineHidden = config.TryGetProperty("Baseline-Setup", out var baseline) ? Sizes(baseline, "FC_hidden_dims") : [],
            SurrogateHidden = config.TryGetProperty("C_PHI-Setup", out var surrogate) ? Sizes(surrogate, "FC_hidden_dims") : [],
            TuningRate = config.TryGetProperty("tune_lr", out var tuning) ? tuning.GetDouble() / rate : null,
        };
    }

    private static EstimatorOptions Estimator(JsonElement config) => config.GetProperty("estimator_name").GetString() switch
    {
        "Exact gradient" => new(EstimatorKind.Exact),
        "REINFORCE" => new(EstimatorKind.Reinforce),
        "NVIL" => new(EstimatorKind.Nvil, BroadcastBaseline: true),
        "CONCRETE" => new(EstimatorKind.Concrete, config.GetProperty("lambda_1").GetDouble()),
        "REBAR" => new(EstimatorKind.Rebar, Math.Exp(config.GetProperty("log_temp_init").GetDouble()), Eta: config.GetProperty("eta").GetDouble(), LearnEta: false, Clamp: true, LossParameters: true),
        "RELAX" => new(EstimatorKind.Relax, Math.Exp(config.GetProperty("C_PHI-Setup").GetProperty("log_temp_init").GetDouble()), Clamp: true, LossParameters: true),
        var name => throw new FormatException($"there is no estimator {name}"),
    };

    private static int[] Sizes(JsonElement section, string name) => [.. section.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    private static void RunAutoEncoder(ModelRun run)
    {
        var config = run.Case.Config;
        var isConvolutional = config.GetProperty("class").GetString() == "CNN_VAE";
        var isGaussian = config.GetProperty("encoder_distribution").GetString() == "Gaussian";
        var (side, size) = (config.GetProperty("img_dim").GetInt32(), config.GetProperty("latent_dim").GetInt32());
        var output = config.GetProperty("decoder_distribution").GetString() == "Bernoulli" ? AutoEncoder.Output.Sigmoid
            : isConvolutional || config.GetProperty("enforce_positivity").GetBoolean() ? AutoEncoder.Output.Absolute
            : AutoEncoder.Output.Linear;
        AutoEncoder.Convolutions? Convolutions(string part) => !isConvolutional ? null : new()
        {
            Layers = config.GetProperty($"num_conv_layers_{part}").GetInt32(),
            Filters = config.GetProperty($"base_channel_{part}").GetInt32(),
            LargestMultiple = config.GetProperty($"max_channel_multiplier_{part}").GetInt32(),
        };
        using var model = run.Fill(new AutoEncoder(new(config.GetProperty("img_channels").GetInt32(), side, side, size, isGaussian ? 2 * size : size,
            Sizes(config, "FC_hidden_dims_enc"), isConvolutional ? [] : Sizes(config, "FC_hidden_dims_dec"), output, Convolutions("enc"), Convolutions("dec"))));
        var (images, noise) = (run.Input("x"), run.Noise());
        var parameters = model.Encode(images);
        Tensor code;
        if (isGaussian)
        {
            var parts = parameters.Chunk(2, 1);
            code = parts[0] + (parts[1] * 0.5).Exp() * noise.Normal(parts[0].Shape, parts[0]);
            run.Add("mu_E", parts[0]);
            run.Add("log_var_E", parts[1]);
        }
        else
        {
            code = noise.Categorical(parameters);
            run.Add("probs_logits", parameters);
        }
        var reconstruction = model.Decode(code);
        var loss = (reconstruction * (images + 1)).Sum();
        run.Add("z", code);
        run.Add("x_tilde", reconstruction);
        run.Add("loss", loss);
        run.AddGradients(loss, model);
    }

    private static void RunTransform(ModelRun run)
    {
        var (x, t, x5) = (run.Input("x"), run.Input("t"), run.Input("x5"));
        (x.RequiresGrad, t.RequiresGrad) = (true, true);
        using var sampler = new SpatialSampler((int)x.Size(2), (int)x.Size(3));
        var y = sampler.Forward(x, t.View([-1, 2, 3]));
        (y * run.Input("w")).Sum().Backward();
        run.Add("y", y);
        run.Add("grad_x", x.Grad!);
        run.Add("grad_t", t.Grad!);
        run.Add("y5", sampler.Forward(x5.Flatten(1, 2), t.View([-1, 2, 3])).View(x5.Shape));
    }

    private static void RunAccuracy(ModelRun run)
    {
        int[] Values(string name) => Array.ConvertAll(run.Case.Input(name).Values, value => (int)value);
        var (clusters, classes) = (run.Case.Config.GetProperty("K").GetInt32(), run.Case.Config.GetProperty("classes").GetInt32());
        var naming = ClusterNaming.Of(Values("pred"), Values("label"), clusters, classes);
        run.Result.Add("matrix", [.. naming.Counts.Cast<int>().Select(count => (double)count)], clusters, classes);
        run.Result.Add("mapping", Array.ConvertAll(naming.ClassOf, one => (double)one), clusters);
        run.Result.Add("accuracy", naming.Accuracy);
        // The original counts empty clusters only where it names by majority.
        run.Result.Add("empty", clusters > classes ? naming.EmptyClusters : 0);
    }
}
