using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch.Serialization;

namespace Scenograph.Tests.Unit.Serialization;

public sealed class SerializationFuzzTests
{
    [Fact]
    public void Ten_thousand_damaged_safetensors_files_do_no_harm()
    {
        using var memory = new MemoryStream();
        SafetensorsFile.Write(
            memory,
            [new("weight", "F32", [2, 3], new byte[24]), new("flag", "BOOL", [3], new byte[3]), new("step", "I64", [], new byte[8]), new("empty", "BF16", [0], Array.Empty<byte>())],
            new Dictionary<string, string> { ["recipe"] = "model: monet\n", ["step"] = "7" });
        var plain = "\u0002\0\0\0\0\0\0\0{}"u8.ToArray();

        Mutations.Check([memory.ToArray(), plain], bytes =>
        {
            using var file = SafetensorsFile.Open(bytes, "fuzz.safetensors");
            foreach (var tensor in file.Tensors)
            {
                file.ReadBytes(tensor.Name);
            }
        });
    }

    [Fact]
    public void Ten_thousand_damaged_zip_checkpoints_do_no_harm() => Mutations.Check([Seed("weights.pt"), Seed("weights-protocol4.pt"), Seed("lightning.ckpt")], ReadAll);

    [Fact]
    public void Ten_thousand_damaged_legacy_checkpoints_do_no_harm() => Mutations.Check([Seed("weights-legacy.pt"), Seed("lightning-legacy.ckpt")], ReadAll);

    [Fact]
    public void Ten_thousand_damaged_pickles_of_all_protocols_do_no_harm() =>
        Mutations.Check([.. Enumerable.Range(0, 6).Select(protocol => Seed($"plain-{protocol}.pkl"))], pickle => PickleMachineTests.Read(pickle));

    private static byte[] Seed(string name) => TestFiles.Read($"Serialization/data/{name}");

    private static void ReadAll(byte[] bytes)
    {
        using var checkpoint = PyTorchCheckpoint.Open(bytes, "fuzz.pt");
        foreach (var tensor in checkpoint.StateDict(prefix: "model.").Values)
        {
            tensor.ReadBytes();
        }
    }
}
