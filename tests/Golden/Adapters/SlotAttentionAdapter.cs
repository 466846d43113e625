using Scenograph.Models;
using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>Slot Attention: the module alone and the auto-encoder.</summary>
public sealed class SlotAttentionAdapter : ModelAdapter
{
    public override string Model => "slot-attention";

    protected override void Run(ModelRun run)
    {
        var kind = run.Case.Config.GetProperty("class").GetString();
        if (kind == "SlotAttention") RunModule(run);
        else RunAutoEncoder(run);
    }

    private static void RunModule(ModelRun run)
    {
        var config = run.Case.Config;
        using var module = run.Fill(new SlotAttention(new(config.GetProperty("num_slots").GetInt32(), config.GetProperty("num_iterations").GetInt32(),
            config.GetProperty("dim").GetInt32(), config.GetProperty("mlp_hidden_size").GetInt32(), config.GetProperty("eps").GetDouble())));
        var features = run.Input("features");
        features.RequiresGrad = true;
        var (slots, _) = module.Forward(features, run.Noise());
        var loss = (slots * run.Input("weights")).Sum();
        run.Add("loss", loss);
        run.Add("slots", slots);
        run.AddGradients(loss, module);
        run.Add("grad_input", features.Grad!);
    }

    private static void RunAutoEncoder(ModelRun run)
    {
        var config = run.Case.Config;
        var size = config.GetProperty("input_shape").EnumerateArray().Select(v => v.GetInt32()).ToArray();
        using var model = run.Fill(new SlotAttentionAutoEncoder(new(size[0], size[1], size[2], config.GetProperty("num_slots").GetInt32(),
            config.GetProperty("num_iterations").GetInt32())));
        var images = run.Input("image");
        var output = model.Forward(images, run.Noise());
        run.Add("canvas", output.Reconstruction);
        run.Add("mask", output.Masks);
        run.Add("patch", output.Components);
        run.Add("slots", output.Slots);
        run.Add("features", output.Features);
        if (run.Case.Mode != "train") return;
        var loss = model.Objective(new(images, []), 0, run.Noise()).Total;
        run.Add("loss", loss);
        run.AddGradients(loss, model);
    }
}
