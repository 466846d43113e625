using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

public sealed class GeneratorTests : IDisposable
{
    private readonly TensorScope scope = TensorScope.Begin();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_another_seed_others()
    {
        using var a = new Generator(5);
        using var b = new Generator(5);
        using var c = new Generator(6);
        var first = Draw(a);
        Assert.Equal(first, Draw(b));
        Assert.NotEqual(first, Draw(c));
        a.Seed(5);
        Assert.Equal(first, Draw(a));
    }

    [Fact]
    public void A_saved_state_continues_the_sequence_where_it_was()
    {
        using var generator = new Generator(5);
        Operators.Randn([3], generator); // normal numbers come in pairs: an odd count leaves half a pair in the state
        var state = generator.GetState();
        var next = Draw(generator);
        using var other = new Generator(99);
        other.SetState(state);
        Assert.Equal(next, Draw(other));
        Assert.Equal(state, GeneratorWith(state).GetState());
    }

    [Fact]
    public void Bytes_that_are_no_state_are_refused()
    {
        using var generator = new Generator(5);
        Assert.Throws<TorchException>(() => generator.SetState([1, 2, 3]));
        Assert.Throws<TorchException>(() => generator.SetState(new byte[generator.GetState().Length].Select(_ => (byte)0xff).ToArray()));
    }

    [Fact]
    public void Generators_do_not_disturb_each_other()
    {
        using var alone = new Generator(5);
        var expected = Draw(alone);
        using var a = new Generator(5);
        using var b = new Generator(7);
        Draw(b);
        Assert.Equal(expected, Draw(a));
    }

    [Fact]
    public void A_disposed_generator_says_so()
    {
        var generator = new Generator(1);
        generator.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Operators.Rand([1], generator));
    }

    private static float[] Draw(Generator generator) => [.. Operators.Randn([5], generator).ToArray<float>(), .. Operators.Rand([3], generator).ToArray<float>()];

    private static Generator GeneratorWith(byte[] state)
    {
        var generator = new Generator(0);
        generator.SetState(state);
        return generator;
    }
}
