using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class SlotAttentionTests
{
    private const int Batch = 2, Slots = 4, Positions = 9, Size = 6;

    private static SlotAttention Small(SlotAttention.Start start = SlotAttention.Start.Gaussian, bool lastIterationGradient = false) =>
        Waves.Fill(new SlotAttention(new(Slots, 3, Size, 8, Start: start, LastIterationGradient: lastIterationGradient)));

    private static Tensor Features => Waves.Of([Batch, Positions, Size]);

    private static Tensor Noise(int slots = Slots) => Waves.Of([Batch, slots, Size], frequency: 1.9, phase: 0.4);

    [Fact]
    public void Permuting_the_noise_permutes_the_slots()
    {
        using var scope = TensorScope.Begin();
        var module = Small();
        var order = Tensor.From<long>([2, 0, 3, 1], [Slots]);

        var (slots, attention) = module.Forward(Features, new FixedNoise(Noise()));
        var (permuted, permutedAttention) = module.Forward(Features, new FixedNoise(Noise().IndexSelect(1, order)));

        Close.Equal(slots.IndexSelect(1, order), permuted, 1e-12, "slots");
        Close.Equal(attention.IndexSelect(1, order), permutedAttention, 1e-6, "attention"); // its softmax is float32
    }

    [Fact]
    public void Permuting_the_positions_changes_nothing_but_the_order_of_the_attention()
    {
        using var scope = TensorScope.Begin();
        var module = Small();
        var order = Tensor.From<long>([8, 0, 3, 1, 7, 2, 6, 5, 4], [Positions]);

        var (slots, attention) = module.Forward(Features, new FixedNoise(Noise()));
        var (same, permutedAttention) = module.Forward(Features.IndexSelect(1, order), new FixedNoise(Noise()));

        Close.Equal(slots, same, 1e-6, "slots");
        Close.Equal(attention.IndexSelect(2, order), permutedAttention, 1e-6, "attention");
    }

    [Fact]
    public void Attention_is_a_mean_over_positions()
    {
        using var scope = TensorScope.Begin();
        var (_, attention) = Small().Forward(Features, new FixedNoise(Noise()));

        Assert.Equal([Batch, Slots, Positions], attention.Shape.ToArray());
        Close.Equal([.. Enumerable.Repeat(1.0, Batch * Slots)], attention.Sum([2]), 1e-6, "sums");
    }

    [Fact]
    public void Equal_noise_gives_equal_slots_for_ever()
    {
        using var scope = TensorScope.Begin();
        var (slots, _) = Small().Forward(Features, NoiseSource.Mean);

        for (var k = 1; k < Slots; k++) Close.Equal(slots.Narrow(1, 0, 1), slots.Narrow(1, k, 1), 1e-12, $"slot {k}");
    }

    [Fact]
    public void Learned_starts_tell_slots_apart_without_noise()
    {
        using var scope = TensorScope.Begin();
        var (slots, _) = Small(SlotAttention.Start.Learned).Forward(Features, NoiseSource.Mean);

        Assert.True((slots.Narrow(1, 0, 1) - slots.Narrow(1, 1, 1)).Abs().Max().ToDouble() > 1e-3);
    }

    [Fact]
    public void Slots_that_start_spread_over_the_features_need_no_noise_and_differ()
    {
        using var scope = TensorScope.Begin();
        var module = Small(SlotAttention.Start.Spread);
        var (slots, _) = module.Forward(Features, NoiseSource.Mean);

        for (var k = 1; k < Slots; k++) Assert.True((slots.Narrow(1, 0, 1) - slots.Narrow(1, k, 1)).Abs().Max().ToDouble() > 1e-3);
        Close.Equal(slots, module.Forward(Features, new FixedNoise(Noise())).Slots, 1e-12, "slots");
    }

    [Fact]
    public void A_Gaussian_start_takes_any_number_of_slots()
    {
        using var scope = TensorScope.Begin();
        var module = Small();

        Assert.Equal([Batch, 7, Size], module.Forward(Features, new FixedNoise(Noise(7)), slotCount: 7).Slots.Shape.ToArray());
        Assert.Equal([Batch, 1, Size], module.Forward(Features, new FixedNoise(Noise(1)), slotCount: 1).Slots.Shape.ToArray());
    }

    [Fact]
    public void The_last_rounds_gradient_alone_leaves_the_values_as_they_are()
    {
        using var scope = TensorScope.Begin();

        var full = Small().Forward(Features, new FixedNoise(Noise())).Slots;
        var last = Small(lastIterationGradient: true).Forward(Features, new FixedNoise(Noise())).Slots;

        Close.Equal(full, last, 1e-12, "slots");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_reach_every_parameter_that_can_matter(bool lastIterationGradient)
    {
        using var scope = TensorScope.Begin();
        using var module = Small(lastIterationGradient: lastIterationGradient);

        Waves.Loss(module.Forward(Features, new FixedNoise(Noise())).Slots).Backward();

        Assert.All(module.NamedParameters(), parameter => Assert.True(parameter.Value.Grad is { } gradient && double.IsFinite(gradient.Abs().Max().ToDouble()), parameter.Name));
        // The last round's start passes its gradient straight on to where the slots began.
        Assert.True(module.NamedParameters().First(p => p.Name == "slots_mu").Value.Grad!.Abs().Max().ToDouble() > 0);
    }
}

/// <summary>Hands out one tensor, whatever is asked.</summary>
internal sealed class FixedNoise(Tensor values) : NoiseSource
{
    public override Tensor Normal(ReadOnlySpan<long> shape, Tensor like) => values.To(like.Device, like.DType);

    public override Tensor Uniform(ReadOnlySpan<long> shape, Tensor like) => throw new NotSupportedException();
}
