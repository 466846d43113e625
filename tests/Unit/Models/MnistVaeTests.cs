using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class MnistVaeTests
{
    private static readonly MnistVae.Options Tiny = new(Height: 5, Width: 7, Size: 3, Hidden: 6);

    private static MnistVae Create(MnistVae.Options options)
    {
        using var random = new Generator(1);
        return new(options, random);
    }

    private static Tensor Images(int batch = 2) => Waves.Of([batch, 1, 5, 7], amplitude: 0.5, frequency: 0.3, offset: 0.5).To(DType.Float32);

    [Fact]
    public void The_loss_is_the_sum_of_its_terms()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);

        var objective = model.Objective(new(Images(), [0, 1]), 0, NoiseSource.Mean);

        Assert.Equal(["nll", "kl"], objective.Terms.Select(term => term.Name));
        Close.Equal([objective.Terms.Sum(term => term.Value.ToDouble())], objective.Total, 1e-5, "loss");
    }

    [Fact]
    public void The_evidence_is_at_least_the_mean_of_the_bounds()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny);
        var draw = new FixedNoise(Waves.Of([2, 10, 3], frequency: 1.9));

        var bounds = -model.Forward(Images(), 10, draw).Losses.Mean([1]);
        var evidence = model.LogEvidence(Images(), draw);

        Assert.All(evidence.ToArray<double>().Zip(bounds.ToArray<double>()), pair => Assert.True(pair.First >= pair.Second - 1e-4));
    }

    [Fact]
    public void More_codes_are_drawn_where_asked()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(Tiny with { Samples = 4 });
        using var noise = NoiseSource.Seeded(1);

        Assert.Equal([1, 4, 35], model.Forward(Images(1), 4, noise).Reconstructions.Shape.ToArray());
        Assert.True(double.IsFinite(model.Objective(new(Images(1), [0]), 0, noise).Total.ToDouble()));
    }

    [Fact]
    public void Images_of_another_size_are_refused()
    {
        using var scope = TensorScope.Begin();
        using var model = Create(new());

        Assert.Contains("takes 1x28x28", Assert.Throws<InputException>(() => model.Objective(new(Images(), [0, 1]), 0, NoiseSource.Mean)).Message, StringComparison.Ordinal);
    }
}
