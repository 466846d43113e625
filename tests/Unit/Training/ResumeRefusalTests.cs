using Scenograph.Torch;
using Scenograph.Torch.Serialization;
using Scenograph.Training;

namespace Scenograph.Tests.Unit.Training;

/// <summary>What a run cannot go on from, and what is said then.</summary>
public sealed class ResumeRefusalTests : IDisposable
{
    private readonly TemporaryFolder place = new();
    private readonly RunFolder run;

    public ResumeRefusalTests() => run = TinyRun.Finish(TinyRun.Recipe("training.steps=2", "data.validation=null"), place["run"]);

    public void Dispose() => place.Dispose();

    private string Checkpoint => run.LastCheckpointPath;

    [Fact]
    public void A_missing_checkpoint_is_named()
    {
        File.Delete(Checkpoint);

        Assert.Contains(Checkpoint, Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(500)]
    [InlineData(-1)]
    public void A_truncated_checkpoint_is_named(int length)
    {
        var bytes = File.ReadAllBytes(Checkpoint);
        File.WriteAllBytes(Checkpoint, bytes[..(length < 0 ? bytes.Length + length : length)]);

        Assert.Contains(Checkpoint, Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused_by_both_names()
    {
        Rewrite(metadata: new() { ["model"] = "monet" });

        Assert.Equal($"checkpoint {Checkpoint} was written by monet, this run trains slot-attention", Refusal());
        Assert.Equal($"checkpoint {Checkpoint} was written by monet, this run trains slot-attention", Assert.Throws<InputException>(() => LoadedRun.Open(run.FolderPath)).Message);
    }

    [Fact]
    public void A_foreign_file_is_refused()
    {
        SafetensorsFile.Write(Checkpoint, [new("weight", "F32", [1], stream => stream.Write(new byte[4]))]);

        Assert.Contains("was not written by scenograph train", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_alone_are_nothing_to_go_on_from()
    {
        Rewrite(keep: name => name.StartsWith("model.", StringComparison.Ordinal));

        Assert.Contains("holds weights only", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_missing_or_too_many_are_all_named()
    {
        Rewrite(rename: name => name.Replace("model.mlp.0", "model.mlp.9", StringComparison.Ordinal));

        Assert.Equal(
            $"{Checkpoint} does not fit the model: missing model.mlp.0.weight, model.mlp.0.bias; unexpected model.mlp.9.bias, model.mlp.9.weight",
            Refusal());
    }

    [Fact]
    public void A_noise_state_of_another_size_is_refused()
    {
        Rewrite(replace: entry => entry.Name == "noise" ? new("noise", "U8", [3], stream => stream.Write(new byte[3])) : entry);

        Assert.Contains(Checkpoint, Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_optimiser_than_the_checkpoints_is_refused()
    {
        var message = Refusal("training.optimiser.name=rmsprop");

        Assert.Contains("optimiser's state does not fit", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private string Refusal(params string[] overrides)
    {
        using var folder = RunFolder.Open(run.FolderPath).Lock();
        return Assert.Throws<InputException>(() => new Trainer(TinyRun.Recipe(["data.validation=null", .. overrides]), folder, resume: true)).Message;
    }

    private void Rewrite(Dictionary<string, string>? metadata = null, Func<string, bool>? keep = null, Func<string, string>? rename = null, Func<SafetensorsEntry, SafetensorsEntry>? replace = null)
    {
        List<SafetensorsEntry> entries;
        Dictionary<string, string> texts;
        using (var file = SafetensorsFile.Open(Checkpoint))
        {
            texts = new(file.Metadata);
            entries = [.. file.Tensors.Where(tensor => keep is null || keep(tensor.Name)).Select(tensor =>
            {
                var bytes = file.ReadBytes(tensor.Name);
                var entry = new SafetensorsEntry(rename is null ? tensor.Name : rename(tensor.Name), tensor.ElementType, tensor.Shape, stream => stream.Write(bytes));
                return replace is null ? entry : replace(entry);
            })];
        }
        foreach (var (key, value) in metadata ?? []) texts[key] = value;
        SafetensorsFile.Write(Checkpoint, entries, texts);
    }
}
