using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch;

// `make golden`: one line a case, then the totals. MODEL restricts to one model, SCENOGRAPH_GOLDEN names another folder.
try
{
    var folder = GoldenFolder.Find();
    var model = Environment.GetEnvironmentVariable("MODEL");
    var cases = GoldenFolder.Cases(folder, model);
    if (cases.Count == 0)
    {
        Console.Error.WriteLine(string.IsNullOrEmpty(model)
            ? $"{folder} holds no golden cases."
            : $"{folder} holds no golden cases of model {model}; it has {string.Join(", ", Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal))}.");
        return 2;
    }

    var runner = GoldenRunner.WithAllAdapters();
    var failed = 0;
    foreach (var path in cases)
    {
        var outcome = runner.Run(path);
        failed += outcome.Verdict == CaseVerdict.Passed ? 0 : 1;
        Console.WriteLine(outcome.Line);
        foreach (var detail in outcome.Details)
        {
            Console.WriteLine($"  {detail}");
        }
    }

    Console.WriteLine($"{cases.Count - failed} passed, {failed} failed");
    return failed == 0 ? 0 : 1;
}
catch (InputException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
