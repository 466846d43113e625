using Scenograph.Data.Formats;
using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.HarnessTests;

public sealed class GoldenRunnerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scenograph-golden-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_case_that_agrees_passes_and_names_its_worst_array()
    {
        var outcome = Run(result =>
        {
            result.Add("loss", [2.0 * (1 + 4e-5)], 1);
            result.Add("labels", [1, 2], 2);
            result.Add("grad", [1 + 3e-4, 1], 2);
        });

        Assert.Equal("golden toy/case max-error 4.0e-05 at loss passed", outcome.Line);
    }

    [Fact]
    public void An_integer_that_differs_fails_the_case()
    {
        var outcome = Run(result =>
        {
            result.Add("loss", 2);
            result.Add("labels", [1, 3], 2);
            result.Add("grad", [1, 1], 2);
        });

        Assert.Equal("golden toy/case max-error 5.0e-01 at labels failed", outcome.Line);
        Assert.Equal(["labels: error 5.0e-01, allowed 0.0e+00"], outcome.Details);
    }

    [Fact]
    public void Missing_arrays_and_other_shapes_are_named()
    {
        var outcome = Run(result =>
        {
            result.Add("loss", [2, 2], 2);
            result.Add("labels", [1, 2], 2);
        });

        Assert.Equal("golden toy/case max-error nan at loss failed", outcome.Line);
        Assert.Equal(["loss: our shape is [2], the golden one []", "grad: our model does not return it"], outcome.Details);
    }

    [Fact]
    public void An_exception_is_the_failure_of_its_case()
    {
        var outcome = Run(_ => throw new InvalidOperationException("no slots"));

        Assert.Equal("golden toy/case max-error nan at - failed", outcome.Line);
        Assert.Equal(["InvalidOperationException: no slots"], outcome.Details);
    }

    [Fact]
    public void A_difference_in_a_table_fails_the_case()
    {
        var outcome = Run(result =>
        {
            result.Add("loss", 2);
            result.Add("labels", [1, 2], 2);
            result.Add("grad", [1, 1], 2);
            result.Expect("clevr", "clevrtex", "name of row 3");
        });

        Assert.Equal(CaseVerdict.Failed, outcome.Verdict);
        Assert.Equal(["name of row 3 is clevrtex instead of clevr"], outcome.Details);
    }

    [Fact]
    public void A_case_without_a_model_is_no_model() =>
        Assert.Equal("golden toy/case max-error nan at - no-model", new GoldenRunner([]).Run(WrittenCase()).Line);

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"model\": \"toy\"}")]
    public void A_broken_json_is_the_failure_of_its_case(string json)
    {
        var path = WrittenCase();
        File.WriteAllText(path, json);

        Assert.Equal("golden toy/case max-error nan at - failed", new GoldenRunner([]).Run(path).Line);
    }

    [Fact]
    public void A_key_that_the_readme_does_not_name_is_refused()
    {
        var path = WrittenCase();
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"mode\"", "\"colour\": 1, \"mode\"", StringComparison.Ordinal));

        Assert.Contains("colour", Assert.Single(new GoldenRunner([]).Run(path).Details), StringComparison.Ordinal);
    }

    private CaseOutcome Run(Action<GoldenResult> fill) => new GoldenRunner([new ToyAdapter(fill)]).Run(WrittenCase());

    private string WrittenCase()
    {
        var toy = Directory.CreateDirectory(Path.Combine(folder, "toy")).FullName;
        NumpyArchive.Save(Path.Combine(toy, "case.npz"), new Dictionary<string, NumpyArray>
        {
            ["loss"] = NumpyArray.From<float>([2]),
            ["labels"] = NumpyArray.From<long>([1, 2], 2),
            ["grad"] = NumpyArray.From<float>([1, 1], 2),
            ["skipped"] = NumpyArray.From<float>([1, 1], 2),
        });
        var path = Path.Combine(toy, "case.json");
        File.WriteAllText(path, """
            {
              "model": "toy", "case": "case", "seed": 0, "mode": "function", "config": {}, "state": {}, "weights": {"rule": "none"},
              "inputs": [], "noise": {"normal": "none"},
              "tolerance": {"default": 0.0001, "gradients": 0.001, "relative_to": "max", "arrays": {"skipped": null}},
              "arrays": [
                {"name": "loss", "shape": [], "dtype": "float32", "meaning": "", "quantity": "loss"},
                {"name": "labels", "shape": [2], "dtype": "int64", "meaning": "", "quantity": "output"},
                {"name": "grad", "shape": [2], "dtype": "float32", "meaning": "", "quantity": "gradient"},
                {"name": "skipped", "shape": [2], "dtype": "float32", "meaning": "", "quantity": "output"}],
              "notes": []
            }
            """);
        return path;
    }

    private sealed class ToyAdapter(Action<GoldenResult> fill) : IGoldenAdapter
    {
        public string Model => "toy";

        public GoldenResult Run(GoldenCase goldenCase, GoldenPrecision precision)
        {
            var result = new GoldenResult();
            fill(result);
            return result;
        }
    }
}
