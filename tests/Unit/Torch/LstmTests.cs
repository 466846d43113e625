using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

public sealed class LstmTests
{
    [Fact]
    public void A_sequence_at_once_equals_its_steps()
    {
        using var scope = TensorScope.Begin();
        using var memory = Waves.Fill(new LSTM(3, 4));
        var input = Waves.Of([2, 5, 3], frequency: 1.3);

        var state = memory.Start(2);
        var steps = new Tensor[5];
        for (var t = 0; t < 5; t++)
        {
            state = memory.Step(input.Select(1, t), state);
            steps[t] = state.Hidden;
        }

        Close.Equal(Operators.Stack(steps, 1), memory.Forward(input), 1e-12, "hidden states");
    }

    [Fact]
    public void Its_names_are_those_of_a_layer()
    {
        using var memory = new LSTM(3, 4);
        Assert.Equal(["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"], memory.NamedParameters().Select(entry => entry.Name));
    }
}
