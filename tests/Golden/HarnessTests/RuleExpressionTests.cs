using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.HarnessTests;

public sealed class RuleExpressionTests
{
    private static readonly Dictionary<string, HostArray> Names = new()
    {
        ["u"] = new([0.1, 0.9, 0.5, 0.5], 2, 2),
        ["p"] = new([0.2, 0.5, 0.3, 0.4, 0.4, 0.2], 2, 3),
        ["w"] = new([1, 2, 3, 4], 2, 2),
        ["v"] = new([10, 20], 2),
    };

    [Theory]
    [InlineData("2*w-1", new double[] { 1, 3, 5, 7 })]
    [InlineData("-w*2+-1", new double[] { -3, -5, -7, -9 })]
    [InlineData("8/2/w", new double[] { 4, 2, 4.0 / 3, 1 })]
    [InlineData("w+v", new double[] { 11, 22, 13, 24 })]
    [InlineData("max(0,5*w-12)", new double[] { 0, 0, 3, 8 })]
    [InlineData("min(w,2.5e0)", new double[] { 1, 2, 2.5, 2.5 })]
    [InlineData("where(w<2.5,i0,10*i1)", new double[] { 0, 0, 0, 10 })]
    [InlineData("where(i0==1,w,0)", new double[] { 0, 0, 3, 4 })]
    [InlineData("(w<=2)+(w>3)", new double[] { 1, 1, 0, 1 })]
    [InlineData("floor(cos(2*pi*w)+sqrt(w*w)+0.5)", new double[] { 2, 3, 4, 5 })]
    [InlineData("log(exp(w))", new double[] { 1, 2, 3, 4 })]
    [InlineData("argsort(u)", new double[] { 0, 1, 0, 1 })]
    [InlineData("matmul(w,w)", new double[] { 7, 10, 15, 22 })]
    [InlineData("normalise(w)", new[] { 0.1, 0.2, 0.3, 0.4 })]
    [InlineData("cumsum(w)", new double[] { 1, 3, 3, 7 })]
    [InlineData("block(w,2)", new double[] { 1, 1, 1, 1 })]
    public void Rules_mean_what_numpy_means(string rule, double[] expected)
    {
        var value = RuleExpression.Parse(rule).EvaluateToShape(new RuleScope([2, 2], Names.GetValueOrDefault));

        Assert.Equal(expected, value.Values, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Repeat_grows_the_first_two_axes()
    {
        var value = RuleExpression.Parse("repeat(w,2)").EvaluateToShape(new RuleScope([4, 4], Names.GetValueOrDefault));

        Assert.Equal([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4], value.Values);
    }

    [Theory]
    [InlineData("argmax(p)", new double[] { 1, 0 })]
    [InlineData("count(cumsum(p)/sum(p) <= 0.5)", new double[] { 1, 1 })]
    [InlineData("argmax(softmax(log(p)))", new double[] { 1, 0 })]
    public void Draws_from_probabilities_lose_the_last_axis(string rule, double[] expected)
    {
        var value = RuleExpression.Parse(rule).Evaluate(new RuleScope([2, 3], Names.GetValueOrDefault));

        Assert.Equal([2], value.Shape);
        Assert.Equal(expected, value.Values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2*")]
    [InlineData("(u")]
    [InlineData("u u")]
    [InlineData("max(u)")]
    [InlineData("system(u)")]
    [InlineData("1e")]
    [InlineData("nothing+1")]
    [InlineData("repeat(u,2)")]
    [InlineData("u+p")]
    [InlineData("block(u,0)")]
    [InlineData("sqrt()")]
    public void What_is_no_rule_is_refused(string rule) => Assert.Throws<FormatException>(
        () => RuleExpression.Parse(rule).EvaluateToShape(new RuleScope([2, 2], Names.GetValueOrDefault)));

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Throws<FormatException>(() => RuleExpression.Parse(new string('(', 100_000)));
}
