namespace Scenograph.Evaluation;

/// <summary>How clusters that were found without a class get one, for an accuracy.</summary>
public enum NamingRule
{
    /// <summary>As the thesis measures: each class once while there are no more clusters than classes, the commonest class of each cluster otherwise.</summary>
    Published,

    /// <summary>No class twice; where there are fewer clusters than classes, some classes get none, and more clusters than classes leave some without a class.</summary>
    OneToOne,

    /// <summary>Each cluster its commonest class, however many share it.</summary>
    Majority,
}

/// <summary>
/// Classes of clusters, and the share of pictures whose cluster has their class: unsupervised classification accuracy. With as many clusters as
/// classes that is the best one-to-one assignment (Kuhn 1955). The two rules are not comparable with each other: only the first punishes two
/// clusters of one class.
/// </summary>
/// <param name="Counts">Pictures of each cluster and class, [K, C].</param>
/// <param name="ClassOf">Class of each cluster, [K]; −1 for none.</param>
/// <param name="Accuracy">From 0 to 1; NaN without pictures.</param>
/// <param name="EmptyClusters">Clusters that no picture is in.</param>
/// <param name="UnnamedClasses">Classes that no cluster has.</param>
public sealed record ClusterNaming(int[,] Counts, int[] ClassOf, double Accuracy, int EmptyClusters, int UnnamedClasses)
{
    /// <summary>Names clusters.</summary>
    /// <param name="clusters">[N], from 0 to <paramref name="clusterCount"/> − 1.</param>
    /// <param name="classes">[N], from 0 to <paramref name="classCount"/> − 1.</param>
    /// <param name="clusterCount">K, at least 1.</param>
    /// <param name="classCount">C, at least 1.</param>
    /// <param name="rule">How.</param>
    /// <exception cref="ArgumentException">Lengths differ, or a number is out of range.</exception>
    public static ClusterNaming Of(ReadOnlySpan<int> clusters, ReadOnlySpan<int> classes, int clusterCount, int classCount, NamingRule rule = NamingRule.Published)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusterCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        if (clusters.Length != classes.Length)
        {
            throw new ArgumentException($"{clusters.Length} clusters and {classes.Length} classes are not of the same pictures.", nameof(classes));
        }

        var counts = new int[clusterCount, classCount];
        for (var i = 0; i < clusters.Length; i++)
        {
            if (clusters[i] < 0 || clusters[i] >= clusterCount || classes[i] < 0 || classes[i] >= classCount)
            {
                throw new ArgumentException($"Picture {i} is in cluster {clusters[i]} of {clusterCount} and of class {classes[i]} of {classCount}.", nameof(clusters));
            }

            counts[clusters[i], classes[i]]++;
        }

        var oneToOne = rule == NamingRule.OneToOne || (rule == NamingRule.Published && clusterCount <= classCount);
        var classOf = oneToOne ? Assign(counts) : Commonest(counts);
        var right = 0L;
        for (var cluster = 0; cluster < clusterCount; cluster++)
        {
            right += classOf[cluster] < 0 ? 0 : counts[cluster, classOf[cluster]];
        }

        return new ClusterNaming(counts, classOf, (double)right / clusters.Length, CountEmpty(counts), classCount - classOf.Where(one => one >= 0).Distinct().Count());
    }

    private static int[] Assign(int[,] counts)
    {
        var gains = new double[counts.Length];
        for (var i = 0; i < gains.Length; i++)
        {
            gains[i] = counts[i / counts.GetLength(1), i % counts.GetLength(1)];
        }

        var (rows, columns) = LinearSumAssignment.Solve(gains, counts.GetLength(0), counts.GetLength(1), maximise: true);
        var classOf = new int[counts.GetLength(0)];
        Array.Fill(classOf, -1);
        for (var i = 0; i < rows.Length; i++)
        {
            classOf[rows[i]] = columns[i];
        }

        return classOf;
    }

    /// <summary>The first of equally common ones; class 0 for an empty cluster.</summary>
    private static int[] Commonest(int[,] counts)
    {
        var classOf = new int[counts.GetLength(0)];
        for (var cluster = 0; cluster < classOf.Length; cluster++)
        {
            for (var one = 1; one < counts.GetLength(1); one++)
            {
                if (counts[cluster, one] > counts[cluster, classOf[cluster]])
                {
                    classOf[cluster] = one;
                }
            }
        }

        return classOf;
    }

    private static int CountEmpty(int[,] counts)
    {
        var empty = 0;
        for (var cluster = 0; cluster < counts.GetLength(0); cluster++)
        {
            var any = false;
            for (var one = 0; one < counts.GetLength(1); one++)
            {
                any |= counts[cluster, one] > 0;
            }

            empty += any ? 0 : 1;
        }

        return empty;
    }
}
