using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.HarnessTests;

/// <summary>Promises of the harness about every golden case there is, ours and those of models to come.</summary>
public sealed class SharedCaseTests
{
    [Fact]
    public void Every_input_rule_of_every_case_gives_finite_values_of_its_shape()
    {
        foreach (var goldenCase in SharedCases.All())
        {
            foreach (var input in goldenCase.Sections.Inputs)
            {
                var value = goldenCase.Input(input.Name);

                Assert.Equal(input.Shape, value.Shape);
                Assert.True(value.Values.All(double.IsFinite), $"{goldenCase.Name}: {input.Name}");
            }
        }
    }

    [Fact]
    public void Inputs_that_are_also_stored_agree_with_their_rules()
    {
        foreach (var goldenCase in SharedCases.All())
        {
            foreach (var input in goldenCase.Sections.Inputs.Where(input => input.Rule != "array" && goldenCase.HasStored("input." + input.Name)))
            {
                Assert.Equal(goldenCase.Stored("input." + input.Name).Values, goldenCase.Input(input.Name).Values);
            }
        }
    }

    [Fact]
    public void Every_noise_rule_of_every_case_can_be_drawn()
    {
        foreach (var goldenCase in SharedCases.All())
        {
            var noise = goldenCase.NoiseDraws();
            foreach (var draw in goldenCase.Sections.Noise.Draws)
            {
                var oneByOne = draw.Rule.Contains("count", StringComparison.Ordinal);
                int[] shape = oneByOne ? [5] : draw.Shape;
                var p = HostArray.Full(0.5, shape);

                var value = noise.Value(draw, p, oneByOne ? 0 : null);

                Assert.True(value.Values.All(double.IsFinite), $"{goldenCase.Name}: {draw.Name}");
                if (draw.Kind is "normal" or "uniform" or "bernoulli")
                {
                    Assert.Equal(draw.Shape, value.Shape);
                }
                else
                {
                    Assert.Equal(shape[..^1], value.Shape);
                    Assert.All(value.Values, index => Assert.InRange(index, 0, shape[^1] - 1));
                }
            }
        }
    }

    [Fact]
    public void Every_state_dict_that_a_case_lists_can_be_filled()
    {
        foreach (var goldenCase in SharedCases.All().Where(candidate => candidate.Sections.Names.ContainsKey("state")))
        {
            foreach (var entry in goldenCase.Sections.Names["state"].EnumerateArray())
            {
                int[] shape = [.. entry[1].EnumerateArray().Select(size => size.GetInt32())];

                var value = goldenCase.WeightValue(entry[0].GetString()!, shape, HostArray.Full(1, shape));

                Assert.True(value is null || (value.Shape.SequenceEqual(shape) && value.Values.All(double.IsFinite)), $"{goldenCase.Name}: {entry[0]}");
            }
        }
    }

    [Fact]
    public void Every_case_agrees_with_its_own_arrays()
    {
        foreach (var goldenCase in SharedCases.All())
        {
            foreach (var precision in goldenCase.Precisions)
            {
                var result = new GoldenResult();
                foreach (var array in goldenCase.Sections.Arrays.Where(array => array.Stride is null && !array.Flatten))
                {
                    var isWide = array.Name.StartsWith("f64:", StringComparison.Ordinal);
                    if (goldenCase.Precisions.Count == 1 || isWide == (precision == GoldenPrecision.Float64))
                    {
                        result.Arrays.Add(isWide ? array.Name[4..] : array.Name, goldenCase.Stored(array.Name));
                    }
                }

                var cut = goldenCase.Sections.Arrays.Where(array => array.Stride is not null || array.Flatten).Select(array => array.Name).ToHashSet();
                Assert.All(
                    Comparison.Compare(goldenCase, result, precision).Where(comparison => !cut.Contains(comparison.Name) && comparison.Problem is null),
                    comparison => Assert.Equal(0, comparison.Error));
            }
        }
    }

    [Fact]
    public void Norm_lists_have_as_many_names_as_entries()
    {
        foreach (var goldenCase in SharedCases.All())
        {
            foreach (var array in goldenCase.Sections.Arrays.Where(array => array.Order is not null && !array.Name.StartsWith("f64:", StringComparison.Ordinal)))
            {
                Assert.Equal(array.Shape[0], goldenCase.EntryNames(array.Name).Count);
            }
        }
    }
}
