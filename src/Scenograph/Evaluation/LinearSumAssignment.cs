namespace Scenograph.Evaluation;

/// <summary>
/// The assignment problem: pairs each row with a column of its own so that the sum of the costs is smallest, by shortest
/// augmenting paths. Crouse, "On implementing 2D rectangular assignment algorithms", IEEE TAES 2016. The order in which
/// equal candidates are tried is that of <c>scipy.optimize.linear_sum_assignment</c>, so that among several best
/// assignments the same one is found: the benchmark's mIoU depends on it where masks are empty.
/// </summary>
public static class LinearSumAssignment
{
    private const int None = -1;

    /// <param name="values">[rows, columns], row-major; costs, or gains where <paramref name="maximise"/>.</param>
    /// <param name="rows">At least 0.</param>
    /// <param name="columns">At least 0.</param>
    /// <param name="maximise">Largest instead of smallest sum.</param>
    /// <returns>min(rows, columns) pairs (Rows[i], Columns[i]), rows ascending.</returns>
    /// <exception cref="ArgumentException">
    /// The number of values is not rows times columns, a value is NaN or infinitely good, or no assignment has a finite cost.
    /// </exception>
    public static (int[] Rows, int[] Columns) Solve(ReadOnlySpan<double> values, int rows, int columns, bool maximise = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (values.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{values.Length} values do not fill {rows} rows of {columns} columns.", nameof(values));
        }

        var transposed = rows > columns;
        var cost = new double[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var value = maximise ? -values[row * columns + column] : values[row * columns + column];
                if (double.IsNaN(value) || double.IsNegativeInfinity(value))
                {
                    throw new ArgumentException($"Row {row}, column {column} holds {values[row * columns + column]}; no assignment can be best.", nameof(values));
                }

                cost[transposed ? column * rows + row : row * columns + column] = value;
            }
        }

        if (!transposed)
        {
            return (Sequence(rows), new ShortestPaths(cost, rows, columns).Solve());
        }

        // Rows and columns were swapped; swap back and sort by row.
        var assigned = new ShortestPaths(cost, columns, rows).Solve();
        var order = Sequence(columns);
        Array.Sort(assigned, order);
        return (assigned, order);
    }

    private static int[] Sequence(int count)
    {
        var sequence = new int[count];
        for (var i = 0; i < count; i++)
        {
            sequence[i] = i;
        }

        return sequence;
    }

    /// <summary>Rows ≤ columns; one augmentation a row.</summary>
    private sealed class ShortestPaths(double[] cost, int rows, int columns)
    {
        private readonly double[] rowDual = new double[rows];
        private readonly double[] columnDual = new double[columns];
        private readonly double[] distance = new double[columns];
        private readonly int[] predecessor = Filled(columns);
        private readonly int[] columnOfRow = Filled(rows);
        private readonly int[] rowOfColumn = Filled(columns);
        private readonly bool[] rowVisited = new bool[rows];
        private readonly bool[] columnVisited = new bool[columns];
        private readonly int[] remaining = new int[columns];

        /// <returns>Column of each row.</returns>
        public int[] Solve()
        {
            for (var row = 0; row < rows; row++)
            {
                var sink = FindPath(row, out var length);
                UpdateDuals(row, length);
                Augment(row, sink);
            }

            return columnOfRow;
        }

        private int FindPath(int start, out double length)
        {
            length = 0;
            for (var i = 0; i < columns; i++)
            {
                remaining[i] = columns - i - 1;
            }

            Array.Clear(rowVisited);
            Array.Clear(columnVisited);
            Array.Fill(distance, double.PositiveInfinity);

            var remainingCount = columns;
            for (var row = start; ;)
            {
                rowVisited[row] = true;
                var best = None;
                var lowest = double.PositiveInfinity;
                for (var position = 0; position < remainingCount; position++)
                {
                    var column = remaining[position];
                    var reduced = length + cost[row * columns + column] - rowDual[row] - columnDual[column];
                    if (reduced < distance[column])
                    {
                        distance[column] = reduced;
                        predecessor[column] = row;
                    }

                    // Among equally near columns one that ends the path is taken, the last such one.
                    if (distance[column] < lowest || (distance[column] == lowest && rowOfColumn[column] == None))
                    {
                        lowest = distance[column];
                        best = position;
                    }
                }

                if (double.IsPositiveInfinity(lowest))
                {
                    throw new ArgumentException($"No assignment of finite cost exists: row {start} cannot be paired.");
                }

                length = lowest;
                var nearest = remaining[best];
                columnVisited[nearest] = true;
                remaining[best] = remaining[--remainingCount];
                if (rowOfColumn[nearest] == None)
                {
                    return nearest;
                }

                row = rowOfColumn[nearest];
            }
        }

        private void UpdateDuals(int start, double length)
        {
            rowDual[start] += length;
            for (var row = 0; row < rows; row++)
            {
                if (rowVisited[row] && row != start)
                {
                    rowDual[row] += length - distance[columnOfRow[row]];
                }
            }

            for (var column = 0; column < columns; column++)
            {
                if (columnVisited[column])
                {
                    columnDual[column] -= length - distance[column];
                }
            }
        }

        private void Augment(int start, int sink)
        {
            for (var column = sink; ;)
            {
                var row = predecessor[column];
                rowOfColumn[column] = row;
                (columnOfRow[row], column) = (column, columnOfRow[row]);
                if (row == start)
                {
                    return;
                }
            }
        }

        private static int[] Filled(int count)
        {
            var values = new int[count];
            Array.Fill(values, None);
            return values;
        }
    }
}
