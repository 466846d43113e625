using System.Text.Json;
using Scenograph.Data.Generated;
using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>AIR and DAIR, their window, and the draws behind MultiMNIST.</summary>
public sealed class AirDairAdapter : ModelAdapter
{
    private const int MnistDigits = 60_000;
    private const int SimplifiedDigits = 17_825;
    private const int Scenes = 20_000;
    private const int Shown = 64;

    public override string Model => "air-dair";

    protected override void Run(ModelRun run)
    {
        var config = run.Case.Config;
        if (config.TryGetProperty("random_seed", out var seed)) RunDraws(run, seed.GetUInt32());
        else if (config.TryGetProperty("window", out _)) RunWindow(run);
        else if (config.GetProperty("class").GetString() == "AIR") RunModel(run, new Air(Options(new Air.Options(), config)));
        else RunModel(run, new Dair(Options(new Dair.Options { LocalisationHidden = Sizes(config.GetProperty("Localization-Setup"), "FC_hidden_dims") }, config)));
    }

    private static TOptions Options<TOptions>(TOptions defaults, JsonElement config) where TOptions : GlimpseModel.GlimpseOptions
    {
        var (shape, vae, rnn, baseline) = (config.GetProperty("img_shape"), config.GetProperty("What VAE-Setup"), config.GetProperty("RNN-Setup"), config.GetProperty("RNN Baseline-Setup"));
        var variances = config.GetProperty("prior_var_z_where");
        return defaults with
        {
            Channels = shape[0].GetInt32(),
            Height = shape[1].GetInt32(),
            Width = shape[2].GetInt32(),
            Steps = config.GetProperty("number_of_slots_train").GetInt32(),
            Window = vae.GetProperty("img_dim").GetInt32(),
            Size = vae.GetProperty("latent_dim").GetInt32(),
            State = rnn.GetProperty("hidden_state_dim").GetInt32(),
            RnnHidden = Sizes(rnn, "FC_hidden_dims"),
            BaselineHidden = Sizes(baseline, "FC_hidden_dims"),
            EncoderHidden = Sizes(vae, "FC_hidden_dims_enc"),
            DecoderHidden = Sizes(vae, "FC_hidden_dims_dec"),
            Variance = vae.GetProperty("fixed_var").GetDouble(),
            PriorPresence = config.GetProperty("prior_z_pres").GetDouble(),
            PriorScale = config.GetProperty("prior_mean_z_where")[0].GetDouble(),
            PriorScaleVariance = variances[0].GetDouble(),
            PriorShiftVariance = variances[1].GetDouble(),
            Signal = GlimpseModel.LearningSignal.Likelihood,
            BaselineRate = config.GetProperty("base_lr").GetDouble() / config.GetProperty("lr").GetDouble(),
        };
    }

    private static int[] Sizes(JsonElement section, string name) => [.. section.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    private static void RunModel(ModelRun run, GlimpseModel model)
    {
        using var _ = run.Fill(model);
        var config = run.Case.Config;
        var variance = config.GetProperty("What VAE-Setup").GetProperty("fixed_var").GetDouble();
        var images = run.Input("x");
        var output = model.Forward(images, run.Noise(), withBaseline: true);
        var things = model.PaintAll(output);
        var reconstruction = (things * output.Presence.Unsqueeze(-1).Unsqueeze(-1)).Sum([1]);
        var error = GlimpseModel.SquaredError(images, reconstruction);
        var objective = model.SampledObjective(output, error * (0.5 / variance));
        var terms = objective.Terms.ToDictionary(term => term.Name, term => term.Value);

        run.Add("loss", objective.Total);
        string[] order = ["nll", "kl_what", "kl_where", "kl_presence", "kl_transform", "baseline", "nvil_presence", "nvil_what"];
        run.Add("terms", Operators.Stack([.. order.Where(terms.ContainsKey).Select(name => terms[name])]));
        run.Add("mask_delay", output.Mask);
        run.Add("z_pres_likelihood", output.LogPresence());
        run.Add("all_z_pres", output.Presence);
        run.Add("all_prob_pres", output.Logits.Sigmoid());
        run.Add("all_z_where", output.Where);
        run.Add("all_mu_where", output.WhereMean);
        run.Add("all_log_var_where", output.WhereLogVariance);
        run.Add("all_z_what", output.Code);
        run.Add("baseline_values", output.Baseline!);
        run.Add("x_tilde_i", things);
        run.Add("x_tilde", reconstruction);
        if (model is Dair dair)
        {
            run.Add("log_prob_what", output.LogProbability! * output.Mask);
            run.Add("all_probs_logits_what", output.Parameters["logits"]);
            run.Add("all_mu_t", output.Parameters["transform_mean"]);
            run.Add("all_log_var_t", output.Parameters["transform_log_variance"]);
            run.Add("prototypes", dair.Prototypes());
        }
        else
        {
            run.Add("all_mu_what", output.Parameters["mean"]);
            run.Add("all_log_var_what", output.Parameters["log_variance"]);
        }
        var counts = output.Presence.Sum([1]);
        run.Add("counts", counts);
        var truth = run.Input("labels").Flatten(1).Amax([1]);
        run.Add("count_accuracy", counts.Squeeze(1).Eq(truth).To(images.DType).Mean());
        run.Add("eval_NLL", error.Mean());
        run.Add("eval_NVIL", ((error.Mean() - output.Baseline!) * output.LogPresence() * output.Mask).Sum([1]).Mean());
        var rectangles = AttentionWindow.Rectangle(output.Where.Flatten(0, 1), (int)images.Size(3)).Unflatten(0, [images.Size(0), -1]);
        run.Add("attention_rects", rectangles * output.Presence.Unsqueeze(-1));

        run.AddGradients(objective.Total, model);
        using var optimizer = new Adam(model.ParameterGroups(), config.GetProperty("lr").GetDouble(), new(WeightDecay: config.GetProperty("weight_decay").GetDouble()));
        optimizer.Step();
        run.AddParameters(model);
    }

    private static void RunWindow(ModelRun run)
    {
        var (x, where, weights) = (run.Input("x"), run.Input("z_where"), run.Input("w"));
        (x.RequiresGrad, where.RequiresGrad) = (true, true);
        var (window, size) = (run.Case.Config.GetProperty("window").GetInt32(), run.Case.Config.GetProperty("image").GetInt32());
        using var attention = new AttentionWindow(size, size, window, window);
        var read = attention.Read(x, where);
        var written = attention.Write(read, where);
        (written * weights).Sum().Backward();
        run.Add("theta", AttentionWindow.Matrix(where));
        run.Add("z_where_inv", AttentionWindow.Inverse(where));
        run.Add("window", read);
        run.Add("image", written);
        run.Add("rect", AttentionWindow.Rectangle(where, size));
        run.Add("grad_z_where", where.Grad!);
        run.Add("grad_x", x.Grad!);
    }

    private static void RunDraws(ModelRun run, uint seed)
    {
        void Add(string name, IEnumerable<int> values, params int[] shape) => run.Result.Add(name, [.. values.Select(value => (double)value)], shape);

        foreach (var (name, choices) in new[] { ("multi", MnistDigits), ("simple", SimplifiedDigits) })
        {
            var draws = AirMultiMnist.Draws.Make(seed, Shown, choices, diagonal: true);
            Add($"{name}_index", draws.Digits, Shown, 2);
            Add($"{name}_count", draws.Counts, Shown);
            Add($"{name}_position_column0", draws.FirstColumn, Shown);
            Add($"{name}_position_column1", draws.SecondColumn, Shown);
            Add($"{name}_xy", draws.Centres, Shown, 4);
        }
        var full = AirMultiMnist.Draws.Make(seed, Scenes, MnistDigits, diagonal: true);
        Add("full_index", full.Digits, Scenes, 2);
        Add("full_count", full.Counts, Scenes);
        Add("full_xy", full.Centres, Scenes, 4);
        Add("full_last_xy", full.Centres, Scenes, 4);
        Add("full_count_histogram", full.Counts.CountBy(count => count).OrderBy(pair => pair.Key).Select(pair => pair.Value), 3);
        var random = new NumpyRandom(seed);
        run.Result.Add("mt19937_uint32", [.. Enumerable.Range(0, 16).Select(_ => (double)random.NextBits())], 16);
    }
}
