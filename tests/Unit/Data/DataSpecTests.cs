using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Scenograph.Data;
using Scenograph.Data.Specs;
using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data;

public sealed class DataSpecTests
{
    private static readonly string[] SomeNames = ["sprites", "clevrtex:full", "folder:[a-b]", "concat(clevrtex:full, clevrtex:camo)"];
    private static readonly string[] SomeFlags = ["crop", "flip", "obj", "bbg", "rdo", "(64,48)"];

    [Fact]
    public void A_name_alone_is_a_spec()
    {
        var spec = DataSpec.Parse("sprites");

        Assert.Equal([new DataSpecItem("sprites", null)], spec.Items);
        Assert.Null(spec.Size);
        Assert.False(spec.Crop || spec.Flip || spec.OnlyObject);
    }

    [Fact]
    public void Clevr_is_short_for_clevr_with_masks() => Assert.Equal("clevr_with_masks", DataSpec.Parse("clevr-crop-(64,64)").Items[0].Name);

    [Fact]
    public void Further_colons_belong_to_the_variant() => Assert.Equal("a:b", DataSpec.Parse("x:a:b").Items[0].Variant);

    [Theory]
    [InlineData("tiny", 48, 64)]
    [InlineData("small", 96, 128)]
    [InlineData("medium", 144, 192)]
    [InlineData("large", 192, 256)]
    [InlineData("huge", 240, 320)]
    [InlineData("( 7 , 9 )", 7, 9)]
    public void Sizes_are_words_or_rows_and_columns(string text, int height, int width) => Assert.Equal((height, width), DataSpec.Parse($"sprites-{text}").Size);

    [Theory]
    [InlineData("crop")]
    [InlineData("crop_c")]
    [InlineData("c")]
    [InlineData(" CC ")]
    public void Flags_have_several_spellings(string crop) => Assert.True(DataSpec.Parse($"sprites-{crop}").Crop);

    [Fact]
    public void Flags_come_in_any_order_and_number() => Assert.Equal(
        DataSpec.Parse("clevr-crop-(128,128)-bbg-max6") with { Items = [] }, DataSpec.Parse("clevr-max6-sbg-(128,128)-crop-c-bbg") with { Items = [] });

    [Fact]
    public void Brackets_hold_paths_together()
    {
        var spec = DataSpec.Parse("concat(clevr_folder:[../my-data/a,b (1)],folder:[/x-y]) - crop-(8,8)");

        Assert.Equal([new DataSpecItem("clevr_folder", "../my-data/a,b (1)"), new DataSpecItem("folder", "/x-y")], spec.Items);
        Assert.Equal("clevr_folder_a_b__1_+folder_x_y-ct", spec.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-crop")]
    [InlineData("sprites-max")]
    [InlineData("sprites-maxx-bbg")]
    [InlineData("sprites-max6")]
    [InlineData("sprites-bbg-rbg")]
    [InlineData("sprites-rso-rdo")]
    [InlineData("sprites-bbg-max3-max4")]
    [InlineData("sprites-(64,64)-(32,32)")]
    [InlineData("sprites-(64)")]
    [InlineData("sprites-(64,0)")]
    [InlineData("sprites-(64,9999999999)")]
    [InlineData("sprites-(a,b)")]
    [InlineData("folder:[x")]
    [InlineData("folder:x]")]
    [InlineData("concat(sprites")]
    [InlineData("concat()")]
    public void A_wrong_value_is_told_with_the_spec(string text)
    {
        Assert.False(DataSpec.TryParse(text, out _, out var problem));

        Assert.Equal(DataSpecProblemKind.Value, problem.Kind);
        Assert.StartsWith($"data spec '{text}': ", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sprites-gigantic")]
    [InlineData("sprites-")]
    public void A_wrong_size_word_is_told_with_the_right_ones(string text)
    {
        Assert.False(DataSpec.TryParse(text, out _, out var problem));

        Assert.Equal(DataSpecProblemKind.Name, problem.Kind);
        Assert.Contains("tiny, small, medium, large, huge", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crop_without_a_size_still_has_a_shape()
    {
        Assert.True(DataSpec.Parse("clevr-crop").TryGetShape(out var shape, out _));

        Assert.Equal(new ImageShape(3, 192, 192), shape);
    }

    [Fact]
    public void Random_objects_on_a_random_background_are_warned_about() => Assert.Single(DataSpec.Parse("clevr-rbg-rdo").Warnings);

    [Fact]
    public void Every_spec_that_is_written_is_read_the_same()
    {
        var specs =
            from name in Gen.Elements(SomeNames)
            from flags in Gen.SubListOf(SomeFlags)
            select (Name: name, Flags: flags);

        Prop.ForAll(specs.ToArbitrary(), one =>
        {
            var spec = DataSpec.Parse(string.Join('-', [one.Name, .. one.Flags]));
            return spec.Crop == one.Flags.Contains("crop") && spec.Flip == one.Flags.Contains("flip") && spec.OnlyObject == one.Flags.Contains("obj")
                && spec.BlackBackground == one.Flags.Contains("bbg") && spec.EachObjectRandomColor == one.Flags.Contains("rdo") && (spec.Size == (64, 48)) == one.Flags.Contains("(64,48)");
        }).Check(Repeatable.Config);
    }

    [Fact]
    public void Damaged_specs_are_read_or_refused()
    {
        byte[][] seeds =
        [
            "clevr-crop-(128,128)-bbg-max6"u8.ToArray(),
            "concat(clevrtex:full, clevrtex:camo)-c-small-flip"u8.ToArray(),
            "clevr_folder:[../a-b/c,d]-obj-( 7 , 9 )-rdo"u8.ToArray(),
        ];

        Mutations.Check(seeds, text =>
        {
            var spec = DataSpec.Parse(Encoding.UTF8.GetString(text));
            _ = spec.Name;
            spec.TryGetShape(out _, out _);
        });
    }

    [Fact]
    public void Parse_throws_what_try_parse_tells() => Assert.Throws<InputException>(() => DataSpec.Parse("clevr-max6"));
}
