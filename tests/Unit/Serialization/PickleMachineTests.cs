using System.Numerics;
using System.Text;
using Scenograph.Torch;
using Scenograph.Torch.Serialization;
using Scenograph.Torch.Serialization.Pickle;
using Scenograph.Torch.Serialization.PyTorch;

namespace Scenograph.Tests.Unit.Serialization;

public sealed class PickleMachineTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void Every_protocol_gives_the_same_values(int protocol)
    {
        var root = Assert.IsType<PickleDictionary>(Read(TestFiles.Read($"Serialization/data/plain-{protocol}.pkl")));

        Assert.Equal([1L, -2L, 3.5, BigInteger.Pow(2, 70), true, null], Assert.IsType<PickleList>(root.Find("a")).Items);
        Assert.Equal(1L, Assert.IsType<PickleTuple>(root.Find("b")).Items[0]);
        Assert.Equal("hä\n", root.Find("t"));
        Assert.Equal([1L], Assert.IsType<PickleSet>(root.Find("s")).Items);
        Assert.Equal([1, 254], Assert.IsType<byte[]>(root.Find("y")));
        Assert.Equal(-(1L << 31) - 5, root.Find("n"));
    }

    [Fact]
    public void A_dictionary_may_hold_itself()
    {
        var root = Assert.IsType<PickleDictionary>(Read(TestFiles.Read("Serialization/data/plain-4.pkl")));

        Assert.Same(root, root.Find("self"));
    }

    [Fact]
    public void Lists_nested_a_hundred_thousand_deep_do_not_exhaust_the_stack()
    {
        const int depth = 100_000;

        Assert.IsType<PickleList>(Read(Encoding.Latin1.GetBytes(new string(']', depth) + new string('a', depth - 1) + ".")));
    }

    [Fact]
    public void A_pickle_that_copies_one_list_over_and_over_is_refused()
    {
        // A dictionary of 2,000 pairs, of which one opcode sequence of 11 bytes makes a copy each time.
        var pickle = new StringBuilder("](").Append(string.Concat(Enumerable.Repeat("K\u0001K\u0001\u0086", 2_000))).Append("eq\u0000ccollections\nOrderedDict\nq\u0001");
        pickle.Append(string.Concat(Enumerable.Repeat("h\u0001h\u0000\u0085R", 100_000))).Append('.');

        Assert.Contains("the pickle makes more objects than", Refusal(pickle.ToString()), StringComparison.Ordinal);
    }

    [Theory, InlineData("X\u00ff\u00ff\u00ff\u007f"), InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f"), InlineData("B\u00ff\u00ff\u00ff\u00ff"), InlineData("\u008b\u00ff\u00ff\u00ff\u007f")]
    public void A_length_beyond_the_file_is_refused_before_anything_is_allocated(string pickle)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("the pickle ends after", Refusal(pickle), StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Theory, InlineData("."), InlineData("t."), InlineData("(a."), InlineData("h\u0001."), InlineData("\u0080\u0009."), InlineData("\u0097."), InlineData("NNR."), InlineData("Ix\n."), InlineData("}(K\u0001u.")]
    public void Broken_pickles_are_refused(string pickle) => Assert.StartsWith("x.pkl: the pickle ", Refusal(pickle), StringComparison.Ordinal);

    internal static object? Read(byte[] pickle)
    {
        var source = ByteSource.OfMemory(pickle, "x.pkl");
        var budget = new PickleBudget(source);
        return new PickleMachine(source, new PickleInput(source, 0, pickle.Length), budget, new PyTorchConstructors(source, budget)).Read();
    }

    private static string Refusal(string pickle) => Assert.Throws<InputException>(() => Read(Encoding.Latin1.GetBytes(pickle))).Message;
}
