using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Recipes;

public sealed class RecipeFuzzTests
{
    private static readonly byte[] Valid = Encoding.UTF8.GetBytes("""
        name: tetrominoes   # a comment
        model: {name: slot-attention, widths: [&w 1, *w], note: "a\tb"}
        data:
          train: clevr-crop-(128,128)
          validation: |
            text
        training:
          steps: 100
          batch: 8
          optimiser: &o
            betas: [0.9, 0.99]
        evaluation: {images: 5}
        """);

    // What YAML gives a meaning to, so that mutations reach beyond the scanner's first complaint.
    private static readonly byte[] Telling = Encoding.ASCII.GetBytes("{}[]:,&*!|>'\"%@`#-?\n \t~0");

    private static Gen<byte[]> Mutations =>
        from count in Gen.Choose(1, 8)
        from changes in (from place in Gen.Choose(0, Valid.Length - 1)
                         from kind in Gen.Choose(0, 4)
                         from any in Gen.Choose(0, 255)
                         from telling in Gen.Elements(Telling)
                         from length in Gen.Choose(1, 40)
                         select (place, kind, any, telling, length)).ArrayOf(count)
        select changes.Aggregate(Valid, (bytes, change) =>
        {
            var place = Math.Min(change.place, bytes.Length);
            var length = Math.Min(change.length, bytes.Length - place);
            var replaced = Math.Min(1, length);
            return change.kind switch
            {
                0 => [.. bytes[..place], (byte)change.any, .. bytes[(place + replaced)..]],
                1 => [.. bytes[..place], change.telling, .. bytes[place..]],
                2 => [.. bytes[..place], .. bytes[(place + length)..]],
                3 => [.. bytes[..(place + length)], .. bytes[place..]],
                _ => bytes[..place],
            };
        });

    [Fact]
    public void Ten_thousand_damaged_recipes_are_read_or_refused_in_one_sentence() =>
        Prop.ForAll(Mutations.ToArbitrary(), bytes =>
        {
            try
            {
                RecipeReader.Parse(RecipeTree.Decode(bytes, "x.yaml"), "x.yaml", new ToyModels());
            }
            catch (InputException error)
            {
                return error.Message.StartsWith("x.yaml", StringComparison.Ordinal) && !error.Message.Contains('\n');
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    [Fact]
    public void Damaged_overrides_are_read_or_refused_in_one_sentence() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            try
            {
                RecipeReader.Parse(Encoding.UTF8.GetString(Valid), "x.yaml", new ToyModels(), ["model.note=" + text]);
            }
            catch (InputException error)
            {
                return error.Message.StartsWith("--set model.note=", StringComparison.Ordinal);
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
}
