using Scenograph.Evaluation;

namespace Scenograph.Tests.Unit.Evaluation;

public sealed class LinearSumAssignmentTests
{
    [Fact]
    public void The_textbook_example_is_solved()
    {
        var (rows, columns) = LinearSumAssignment.Solve([4, 1, 3, 2, 0, 5, 3, 2, 2], 3, 3);

        Assert.Equal([0, 1, 2], rows);
        Assert.Equal([1, 0, 2], columns);
    }

    [Fact]
    public void Equal_values_pair_rows_with_columns_in_order()
    {
        // scipy takes the last column of its descending list among free ones: the first.
        Assert.Equal([0, 1, 2, 3], LinearSumAssignment.Solve(new double[16], 4, 4).Columns);
    }

    [Fact]
    public void More_rows_than_columns_leave_rows_out_and_stay_sorted_by_row()
    {
        var (rows, columns) = LinearSumAssignment.Solve([5, 9, 1, 7, 8, 2], 3, 2);

        Assert.Equal([1, 2], rows);
        Assert.Equal([0, 1], columns);
    }

    [Fact]
    public void No_rows_have_no_pairs() => Assert.Empty(LinearSumAssignment.Solve([], 0, 3).Rows);

    [Fact]
    public void The_sum_is_that_of_the_best_of_all_assignments() => Properties.HoldsForSeeds(seed =>
    {
        var (values, rows, columns) = RandomMatrix(seed);
        var pairs = LinearSumAssignment.Solve(values, rows, columns, maximise: true);
        var sum = pairs.Rows.Zip(pairs.Columns, (row, column) => values[row * columns + column]).Sum();
        return Math.Abs(sum - BestSum(values, rows, columns)) < 1e-9;
    });

    [Fact]
    public void No_row_and_no_column_is_used_twice() => Properties.HoldsForSeeds(seed =>
    {
        var (values, rows, columns) = RandomMatrix(seed);
        var pairs = LinearSumAssignment.Solve(values, rows, columns);
        return pairs.Rows.Length == Math.Min(rows, columns)
            && pairs.Rows.Distinct().Count() == pairs.Rows.Length
            && pairs.Columns.Distinct().Count() == pairs.Columns.Length
            && pairs.Rows.SequenceEqual(pairs.Rows.Order());
    });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Costs_without_a_best_assignment_are_refused(double cost) =>
        Assert.Throws<ArgumentException>(() => LinearSumAssignment.Solve([1, cost, 1, 1], 2, 2));

    [Fact]
    public void A_row_that_cannot_be_paired_is_refused() =>
        Assert.Throws<ArgumentException>(() => LinearSumAssignment.Solve([1, 1, double.PositiveInfinity, double.PositiveInfinity], 2, 2));

    /// <summary>Up to 5 by 5, with few different values so that ties are common.</summary>
    private static (double[] Values, int Rows, int Columns) RandomMatrix(int seed)
    {
        var random = new Random(seed);
        var rows = random.Next(1, 6);
        var columns = random.Next(1, 6);
        return ([.. Enumerable.Range(0, rows * columns).Select(_ => random.Next(5) / 4.0)], rows, columns);
    }

    private static double BestSum(double[] values, int rows, int columns)
    {
        return rows <= columns ? Best(0, 0) : BestSum(Transpose(values, rows, columns), columns, rows);

        double Best(int row, int used) => row == rows ? 0 : Enumerable.Range(0, columns)
            .Where(column => (used & (1 << column)) == 0)
            .Max(column => values[row * columns + column] + Best(row + 1, used | (1 << column)));
    }

    private static double[] Transpose(double[] values, int rows, int columns) =>
        [.. Enumerable.Range(0, values.Length).Select(i => values[i % rows * columns + i / rows])];
}
