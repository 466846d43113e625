using System.Runtime.InteropServices;
using Scenograph.Models;
using Scenograph.Torch.Images;
using Scenograph.Torch.Serialization;

namespace Scenograph.Tests.EndToEnd;

/// <summary>Checkpoints that PyTorch wrote (data/make_checkpoints.py), with the original's names at tiny sizes.</summary>
public sealed class ImportTests : IDisposable
{
    private static readonly SlotAttentionAutoEncoder.Options Options = new(
        Height: 8, Width: 8, Slots: 2, Iterations: 2, Size: 4, Hidden: 8, Filters: 4, EncoderStrides: [1], DecoderStart: 4, DecoderStrides: [2]);

    private static readonly string[] Settings =
    [
        "height=8", "width=8", "slots=2", "iterations=2", "size=4", "hidden=8", "filters=4", "encoder_strides=[1]", "decoder_start=4", "decoder_strides=[2]",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("slot_attention.pth")]
    [InlineData("slot_attention_lightning.ckpt")]
    public void A_published_checkpoint_becomes_one_of_ours_with_equal_weights(string name)
    {
        var outcome = Import(name, Settings);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var model = new SlotAttentionAutoEncoder(Options);
        Assert.Equal(model.ParameterCount, outcome.Json.GetProperty("parameters").GetInt64());
        using var file = SafetensorsFile.Open(folder["imported.safetensors"]);
        var names = model.State().Select(entry => entry.Name).ToList();
        Assert.Equal(names.Select(entry => "model." + entry).Order(StringComparer.Ordinal), file.Tensors.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        for (var k = 0; k < names.Count; k++)
        {
            var values = MemoryMarshal.Cast<byte, float>(file.ReadBytes("model." + names[k])).ToArray();
            Assert.Equal(Enumerable.Range(0, values.Length).Select(i => ((37 * i + 11 * Order.IndexOf(names[k])) % 101 - 50) / 64f), values);
        }
    }

    [Fact]
    public void An_imported_checkpoint_takes_pictures_apart()
    {
        Import("slot_attention.pth", Settings);
        ImageFile.WritePng(folder["scene.png"], new(8, 8, 3, new byte[3 * 8 * 8]));

        var outcome = ScenographProgram.RunIn(folder.Path, "decompose", "imported.safetensors", "scene.png", "--json");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(64, outcome.Json[0].GetProperty("objects").EnumerateArray().Sum(found => found.GetProperty("area").GetInt32()));
    }

    [Theory]
    [InlineData("encoder_strides=[1, 1]", "missing encoder_cnn.2.weight, encoder_cnn.2.bias")]
    [InlineData("layer_norm=channels", "layer_norm.weight is F32[4, 8, 8] instead of F32[4]; layer_norm.bias is F32[4, 8, 8] instead of F32[4]")]
    [InlineData("projection_bias=false", "unexpected slot_attention.to_q.bias, slot_attention.to_k.bias, slot_attention.to_v.bias")]
    public void What_does_not_fit_is_named_and_nothing_is_written(string setting, string part)
    {
        var sentence = Import("slot_attention.pth", [.. Settings, setting]).OneSentence();

        Assert.Contains("slot_attention.pth does not fit the model: ", sentence, StringComparison.Ordinal);
        Assert.Contains(part, sentence, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["imported.safetensors"]));
    }

    [Fact]
    public void An_import_of_its_own_output_is_the_identity()
    {
        Import("slot_attention.pth", Settings);
        File.Move(folder["imported.safetensors"], folder["first.safetensors"]);

        Assert.Equal(0, Import(folder["first.safetensors"], Settings).ExitCode);

        Assert.Equal(File.ReadAllBytes(folder["first.safetensors"]), File.ReadAllBytes(folder["imported.safetensors"]));
    }

    [Fact]
    public void A_truncated_checkpoint_a_missing_one_and_an_unknown_model_are_refused()
    {
        File.WriteAllBytes(folder["half.pth"], File.ReadAllBytes(Data("slot_attention.pth"))[..3000]);

        Assert.Contains("half.pth", Import(folder["half.pth"], Settings).OneSentence(), StringComparison.Ordinal);
        Assert.Contains("nowhere.pth", Import(folder["nowhere.pth"], Settings).OneSentence(), StringComparison.Ordinal);
        Assert.Contains("slot-attention", ScenographProgram.RunIn(folder.Path, "import", Data("slot_attention.pth"), "--model", "slot-atention", "--out", "x.safetensors", "--json").OneSentence(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.safetensors"));
    }

    private Outcome Import(string checkpoint, string[] settings) => ScenographProgram.RunIn(folder.Path,
        ["import", Path.IsPathRooted(checkpoint) ? checkpoint : Data(checkpoint), "--model", "slot-attention", "--out", "imported.safetensors", "--json", .. settings.SelectMany(text => new[] { "--set", "model." + text })]);

    private static string Data(string name) => Path.Combine(RepositoryRoot.Path, "tests", "EndToEnd", "data", name);

    /// <summary>The order in which make_checkpoints.py counts its tensors.</summary>
    private static readonly List<string> Order =
    [
        "encoder_cnn.0.weight", "encoder_cnn.0.bias", "decoder_cnn.0.weight", "decoder_cnn.0.bias", "decoder_cnn.2.weight", "decoder_cnn.2.bias",
        "encoder_pos.grid", "encoder_pos.aff.weight", "encoder_pos.aff.bias", "decoder_pos.grid", "decoder_pos.aff.weight", "decoder_pos.aff.bias",
        "layer_norm.weight", "layer_norm.bias", "mlp.0.weight", "mlp.0.bias", "mlp.2.weight", "mlp.2.bias", "slot_attention.slots_mu", "slot_attention.slots_logsigma",
        .. new[] { "to_q", "to_k", "to_v" }.SelectMany(name => new[] { $"slot_attention.{name}.weight", $"slot_attention.{name}.bias" }),
        "slot_attention.gru.weight_ih", "slot_attention.gru.weight_hh", "slot_attention.gru.bias_ih", "slot_attention.gru.bias_hh",
        "slot_attention.mlp.0.weight", "slot_attention.mlp.0.bias", "slot_attention.mlp.2.weight", "slot_attention.mlp.2.bias",
        .. new[] { "norm_input", "norm_slots", "norm_pre_ff" }.SelectMany(name => new[] { $"slot_attention.{name}.weight", $"slot_attention.{name}.bias" }),
    ];
}
