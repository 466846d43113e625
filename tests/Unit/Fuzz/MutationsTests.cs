using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Fuzz;

public sealed class MutationsTests
{
    private static readonly byte[][] Seeds = [[.. Enumerable.Range(0, 200).Select(i => (byte)i)], [1, 2, 3]];

    [Fact]
    public void A_reader_that_throws_anything_but_an_input_exception_fails() =>
        Assert.ThrowsAny<Exception>(() => Mutations.Check(Seeds, file => _ = file.Length is 200 or 3 ? 0 : throw new FormatException("not a sentence for users")));

    [Fact]
    public void A_reader_that_allocates_too_much_fails() =>
        Assert.ThrowsAny<Exception>(() => Mutations.Check(Seeds, file => _ = file.Length is 200 or 3 ? [] : new byte[65_000_000]));

    [Fact]
    public void A_reader_that_refuses_every_damaged_file_passes() =>
        Mutations.Check(Seeds, file => _ = file.Length is 200 or 3 ? 0 : throw new InputException("refused"), count: 500);
}
