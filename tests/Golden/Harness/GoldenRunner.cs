namespace Scenograph.Tests.Golden.Harness;

/// <summary>Runs cases through the adapters. Whatever goes wrong in a case is that case's failure and never ends the run.</summary>
public sealed class GoldenRunner(IReadOnlyList<IGoldenAdapter> adapters)
{
    private const int MostDetails = 12;

    /// <summary>A runner with every adapter of this program.</summary>
    public static GoldenRunner WithAllAdapters() => new(
        [.. typeof(GoldenRunner).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IGoldenAdapter)) && type.GetConstructor([]) is not null)
            .Select(type => (IGoldenAdapter)Activator.CreateInstance(type)!)]);

    /// <param name="path">The case's json.</param>
    public CaseOutcome Run(string path)
    {
        var name = $"{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileNameWithoutExtension(path)}";
        try
        {
            var goldenCase = GoldenCase.Load(path);
            name = goldenCase.Name;
            return Run(goldenCase);
        }
        catch (Exception exception)
        {
            // A reflection or a lazy initialiser wraps what really happened.
            var cause = exception is TypeInitializationException or System.Reflection.TargetInvocationException ? exception.InnerException ?? exception : exception;
            return new CaseOutcome(name, CaseVerdict.Failed, double.NaN, "-", [$"{cause.GetType().Name}: {cause.Message.Split('\n')[0]}"]);
        }
    }

    /// <inheritdoc cref="Run(string)"/>
    public CaseOutcome Run(GoldenCase goldenCase)
    {
        var able = adapters.Where(adapter => adapter.Model == goldenCase.Model && adapter.CanRun(goldenCase)).ToArray();
        if (able.Length == 0)
        {
            return new CaseOutcome(goldenCase.Name, CaseVerdict.NoModel, double.NaN, "-", []);
        }

        if (able.Length > 1)
        {
            throw new InvalidOperationException($"{string.Join(" and ", able.Select(adapter => adapter.GetType().Name))} both take this case; CanRun must be true for one");
        }

        var comparisons = new List<ArrayComparison>();
        var differences = new List<string>();
        foreach (var precision in goldenCase.Precisions)
        {
            var result = able[0].Run(goldenCase, precision);
            comparisons.AddRange(Comparison.Compare(goldenCase, result, precision));
            differences.AddRange(result.Differences);
        }

        return Judge(goldenCase.Name, comparisons, differences);
    }

    private static CaseOutcome Judge(string name, List<ArrayComparison> comparisons, List<string> differences)
    {
        var worst = comparisons.MaxBy(comparison => comparison.Strain);
        var failures = comparisons.Where(comparison => !comparison.Passed).OrderByDescending(comparison => comparison.Strain)
            .Select(comparison => comparison.Problem is { } problem
                ? $"{comparison.Name}: {problem}"
                : $"{comparison.Name}: error {CaseOutcome.Number(comparison.Error)}, allowed {CaseOutcome.Number(comparison.Limit)}")
            .Concat(differences)
            .ToArray();
        var details = failures.Length <= MostDetails ? failures : [.. failures[..MostDetails], $"and {failures.Length - MostDetails} more"];
        var verdict = failures.Length == 0 ? CaseVerdict.Passed : CaseVerdict.Failed;
        return new CaseOutcome(name, verdict, worst?.Error ?? 0, worst?.Name ?? "tables", details);
    }
}
