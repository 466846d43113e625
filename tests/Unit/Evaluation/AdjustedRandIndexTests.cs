using Scenograph.Evaluation;

namespace Scenograph.Tests.Unit.Evaluation;

public sealed class AdjustedRandIndexTests
{
    [Fact]
    public void Equal_partitions_score_one_whatever_their_labels() => Assert.Equal(1, Score([0, 0, 1, 1, 2], [2, 2, 0, 0, 1]));

    [Fact]
    public void The_value_of_a_small_example_is_right()
    {
        // scikit-learn's documentation: adjusted_rand_score([0, 0, 1, 2], [0, 0, 1, 1]) = 4/7.
        Assert.Equal(4.0 / 7, Score([0, 0, 1, 2], [0, 0, 1, 1]), 15);
    }

    [Fact]
    public void A_worst_case_is_negative() => Assert.Equal(-0.5, Score([0, 0, 1, 1], [0, 1, 0, 1]), 15);

    [Fact]
    public void One_cluster_on_both_sides_scores_one() => Assert.Equal(1, Score([1, 1, 1], [0, 0, 0]));

    [Fact]
    public void One_true_cluster_that_is_split_scores_zero() => Assert.Equal(0, Score([0, 0, 0, 0], [0, 1, 2, 2]));

    [Fact]
    public void Singletons_on_both_sides_score_one() => Assert.Equal(1, Score([0, 1, 2, 3], [3, 2, 1, 0]));

    [Fact]
    public void Without_foreground_the_foreground_scores_one() => Assert.Equal(1, Score([0, 0, 0], [0, 1, 2], foregroundOnly: true));

    [Fact]
    public void The_foreground_score_leaves_true_background_out_and_keeps_predicted_background()
    {
        Assert.Equal(1, Score([0, 0, 1, 1, 2, 2], [0, 1, 0, 0, 2, 2], foregroundOnly: true));
    }

    [Fact]
    public void It_is_symmetric() => Properties.HoldsForSeeds(seed =>
    {
        var (first, second) = RandomLabels(seed);
        return Score(first, second) == Score(second, first);
    });

    [Fact]
    public void It_is_at_most_one_and_reaches_one_on_itself() => Properties.HoldsForSeeds(seed =>
    {
        var (first, second) = RandomLabels(seed);
        return Score(first, second) <= 1 && Score(first, first) == 1;
    });

    [Fact]
    public void Both_definitions_agree_where_both_are_numbers() => Properties.HoldsForSeeds(seed =>
    {
        var (first, second) = RandomLabels(seed);
        var table = ContingencyTable.Count(first, second, 4);
        return Agree(foregroundOnly: false) && Agree(foregroundOnly: true);

        bool Agree(bool foregroundOnly)
        {
            var other = AdjustedRandIndex.ScoreOfMultiObjectDatasets(table, foregroundOnly);
            return double.IsNaN(other) || Math.Abs(other - AdjustedRandIndex.Score(table, foregroundOnly)) < 1e-12;
        }
    });

    [Fact]
    public void One_object_in_one_cluster_among_others_is_undefined_to_multi_object_datasets_and_one_to_scikit()
    {
        var table = ContingencyTable.Count([0, 0, 1, 1], [0, 2, 1, 1], 4);

        Assert.Equal(double.NaN, AdjustedRandIndex.ScoreOfMultiObjectDatasets(table, foregroundOnly: true));
        Assert.Equal(1, AdjustedRandIndex.Score(table, foregroundOnly: true));
    }

    [Fact]
    public void One_object_and_a_single_predicted_cluster_score_one_to_multi_object_datasets()
    {
        Assert.Equal(1, AdjustedRandIndex.ScoreOfMultiObjectDatasets(ContingencyTable.Count([0, 0, 1, 1], [3, 3, 3, 3], 4), foregroundOnly: true));
    }

    [Fact]
    public void Pair_counts_of_a_large_image_do_not_overflow()
    {
        var truth = new byte[4096 * 4096];
        truth.AsSpan(0, truth.Length / 2).Fill(1);

        Assert.Equal(1, Score(truth, truth));
        Assert.Equal(0, Score(truth, new byte[truth.Length]));
    }

    private static double Score(byte[] truth, byte[] predicted, bool foregroundOnly = false) =>
        AdjustedRandIndex.Score(ContingencyTable.Count(truth, predicted, 4), foregroundOnly);

    private static (byte[] First, byte[] Second) RandomLabels(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(2, 30);
        return (Labels(), Labels());

        byte[] Labels() => [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(4))];
    }
}
