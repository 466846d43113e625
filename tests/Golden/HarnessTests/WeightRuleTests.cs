using System.Text.Json;
using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.HarnessTests;

public sealed class WeightRuleTests
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Fact]
    public void Kept_entries_keep_the_constructor_value_and_others_are_filled()
    {
        var rules = Rules("""{"rule": "fill", "kept": ["*.grid", "prior"]}""");

        Assert.Null(rules.Value("encoder.grid", [2]));
        Assert.Null(rules.Value("prior", [2]));
        Assert.Equal(Fill.Parameter("prior2", [2], 3).Values, rules.Value("prior2", [2])!.Values);
    }

    [Fact]
    public void Adjustments_are_applied_in_order_to_float32_values()
    {
        var rules = Rules("""
            {"rule": "fill", "adjust": [
              {"names": ["a.*"], "op": "multiply", "value": 1.4, "min_rank": 2, "except": ["*.out"]},
              {"names": ["a.w"], "op": "add", "value": [[1.0, 2.0]]}]}
            """);
        var filled = Fill.Parameter("a.w", [2, 2], 3).Values;

        var value = rules.Value("a.w", [2, 2])!;

        Assert.Equal((float)((float)(filled[1] * 1.4f) + 2f), value.Values[1]);
        Assert.Equal((float)((float)(filled[2] * 1.4f) + 1f), value.Values[2]);
        Assert.Equal(Fill.Parameter("a.out", [2, 2], 3).Values, rules.Value("a.out", [2, 2])!.Values);
        Assert.Equal(Fill.Parameter("a.b", [2], 3).Values, rules.Value("a.b", [2])!.Values);
    }

    [Fact]
    public void A_slice_changes_only_its_rows()
    {
        var rules = Rules("""{"rule": "fill", "adjust": [{"names": ["b"], "op": "add", "value": [2.0, 3.0], "slice": [1, 3]}]}""");
        var filled = Fill.Parameter("b", [4], 3).Values;

        Assert.Equal([filled[0], (float)(filled[1] + 2), (float)(filled[2] + 3), filled[3]], rules.Value("b", [4])!.Values);
    }

    [Fact]
    public void Set_may_use_a_rule_with_the_input_fill_of_the_name()
    {
        var rules = Rules("""{"rule": "fill", "adjust": [{"names": ["sprites"], "op": "set", "rule": "u"}]}""");

        Assert.Equal(Fill.Uniform("input:sprites", [2, 3], 3).Values, rules.Value("sprites", [2, 3])!.Values);
    }

    [Fact]
    public void A_kept_entry_is_adjusted_where_it_is_named()
    {
        var rules = Rules("""
            {"rule": "fill", "kept": ["_p", "tau"], "adjust": [
              {"names": ["_p"], "op": "set", "value": 0.5}, {"names": ["*"], "op": "multiply", "value": 2.0}]}
            """);

        Assert.Equal([0.5], rules.Value("_p", [])!.Values);
        Assert.Null(rules.Value("tau", []));
    }

    [Fact]
    public void Add_constructor_adds_what_the_constructor_had_put_there()
    {
        var rules = Rules("""{"rule": "fill", "adjust": [{"names": ["b"], "op": "add_constructor", "value": [1.0, -2.0]}]}""");
        var filled = Fill.Parameter("b", [2], 3).Values;
        double[] expected = [(float)(filled[0] + 1), (float)(filled[1] - 2)];

        Assert.Equal(expected, rules.Value("b", [2])!.Values);
        Assert.Equal(expected, rules.Value("b", [2], new HostArray([1, -2], 2))!.Values);
    }

    [Fact]
    public void Names_are_mapped_by_modules_aliases_and_fill_names()
    {
        var modules = Rules("""{"rule": "fill", "modules": [{"prefix": "", "fill_prefix": ""}, {"prefix": "obj.", "fill_prefix": ""}]}""");
        var aliases = Rules("""{"rule": "fill", "aliases": [["sprite.*.encoder.", "encoder."], ["bkg.encoder.", "encoder."]]}""");
        var names = Rules("""{"rule": "fill", "fill_names": {"shared": "g.4.w"}, "adjust": [{"names": ["shared"], "op": "multiply", "value": 20.0}]}""");

        Assert.Equal("cnn.w", modules.FillName("obj.cnn.w"));
        Assert.Equal("cnn.w", modules.FillName("cnn.w"));
        Assert.Equal("encoder.0.weight", aliases.FillName("sprite.12.encoder.0.weight"));
        Assert.Equal("encoder.0.weight", aliases.FillName("bkg.encoder.0.weight"));
        Assert.Equal("sprite.x.encoder.0", aliases.FillName("sprite.x.encoder.0"));
        Assert.Equal(names.Value("shared", [2, 2])!.Values, names.Value("g.4.w", [2, 2])!.Values);
        Assert.Equal((float)(Fill.Parameter("g.4.w", [2, 2], 3).Values[0] * 20), names.Value("shared", [2, 2])!.Values[0]);
    }

    [Theory]
    [InlineData("a.b", "a.b", true)]
    [InlineData("a.b", "*", true)]
    [InlineData("a.b.c", "a.*.c", true)]
    [InlineData("a.b.c.c", "a*c", true)]
    [InlineData("a.b", "a", false)]
    [InlineData("a", "a.b", false)]
    [InlineData("a+b", "a.b", false)]
    [InlineData("", "*", true)]
    public void A_star_is_any_run_of_characters(string name, string pattern, bool matches) =>
        Assert.Equal(matches, WeightRules.Matches(name, pattern));

    private static WeightRules Rules(string json) => new(JsonSerializer.Deserialize<WeightSection>(json, Options)!, seed: 3);
}
