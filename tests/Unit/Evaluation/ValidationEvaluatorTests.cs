using Scenograph.Evaluation;

namespace Scenograph.Tests.Unit.Evaluation;

public sealed class ValidationEvaluatorTests
{
    [Fact]
    public void A_perfect_pair_scores_about_one_half()
    {
        var values = Measure(Scenes.Of(2, ([0, 0, 1, 1], [1, 1, 0, 0])));

        Assert.Equal(2.01 / 4.01, values["miou"], 6);
        Assert.Equal(1, values["dice"]);
        Assert.Equal(1, values["ari"]);
        Assert.Equal(1, values["acc"]);
    }

    [Fact]
    public void Slots_without_pixels_count_as_pairs_unless_declared_absent()
    {
        var batch = Scenes.Of(4, ([0, 0, 1, 1], [0, 0, 1, 1]));

        Assert.Equal(3, Measure(batch)["num"]);
        Assert.Equal(1, Measure(batch with { PredictedPresence = [0.9f, 0.51f, 0.5f, 0] })["num"]);
    }

    [Fact]
    public void Declared_true_masks_count_as_pairs_unless_invisible()
    {
        var batch = Scenes.Of(2, ([0, 0, 1, 1], [0, 0, 1, 1])) with { TrueMaskCount = 4 };

        Assert.Equal(3, Measure(batch)["num"]);
        Assert.Equal(2, Measure(batch with { TrueVisible = [true, true, false, true] })["num"]);
    }

    [Fact]
    public void Where_masks_differ_the_plain_images_count_as_error()
    {
        var batch = Scenes.Of(2, ([0, 0, 1, 1, 1], [0, 0, 0, 1, 1])) with { PredictedImages = [1, 1, 2, 1, 1], TrueImages = [1, 1, 3, 1, 2] };

        var values = Measure(batch);

        Assert.Equal(4, values["bg_mse"]);
        Assert.Equal(9 + 1, values["slot_mse"]);
        Assert.Equal(2, values["mse"]);
    }

    [Fact]
    public void The_models_own_count_goes_before_that_of_its_masks()
    {
        var batch = Scenes.Of(3, ([0, 0, 1, 1], [0, 0, 1, 2]));

        Assert.Equal(2, Measure(batch)["cnt"]);
        Assert.Equal(0, Measure(batch)["acc"]);
        Assert.Equal(1, Measure(batch with { PredictedCounts = [1] })["acc"]);
    }

    [Fact]
    public void Errors_of_what_the_model_offers_besides_are_measured_where_it_does()
    {
        var batch = Scenes.Of(2, ([0, 1], [0, 1]));

        Assert.DoesNotContain("w_mse", Measure(batch).Keys);
        var values = Measure(batch with { WeightedMasks = [0, 0, 0, 0], ExpectedImages = [0.5f, 1.5f] });
        Assert.Equal(1, values["w_mse"]);
        Assert.Equal(1, values["mc_mse"]);
    }

    private static IReadOnlyDictionary<string, double> Measure(EvaluationBatch batch) =>
        new ValidationEvaluator(masksHaveBackground: true).Measure(batch)[0].Values;
}
