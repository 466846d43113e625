using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Recipes;

public sealed class RecipeWriterTests
{
    private static readonly JsonSerializerOptions WithTuples = new() { IncludeFields = true };

    // Records hold arrays, which C# compares by reference.
    private static string Contents(Recipe recipe) => JsonSerializer.Serialize(recipe, WithTuples);

    private static Gen<double> Positive => ArbMap.Default.ArbFor<NormalFloat>().Generator.Select(x => Math.Abs(x.Get) + double.Epsilon);

    private static Gen<string> Text => ArbMap.Default.ArbFor<string>().Generator
        .Select(text => string.Concat((text ?? "").Where(letter => !char.IsSurrogate(letter))));

    private static Gen<T?> Sometimes<T>(Gen<T> generator) where T : class =>
        Gen.OneOf(Gen.Constant<T?>(null), generator.Select(value => (T?)value));

    private static Gen<Recipe> Recipes =>
        from slots in Gen.Choose(1, 64)
        from epsilon in Gen.Choose(1, 1_000_000).Select(x => x / 1_000_000.0 / 3)
        from scale in ArbMap.Default.ArbFor<NormalFloat>().Generator.Select(x => (float)x.Get).Where(float.IsFinite)
        from big in ArbMap.Default.ArbFor<long>().Generator
        from note in Text
        from label in Sometimes(Text)
        from limit in ArbMap.Default.ArbFor<int?>().Generator
        from kind in Gen.Elements(ToyKind.Plain, ToyKind.TwoWords)
        from encoder in Sometimes(Gen.Choose(1, 1024).Select(channels => new ToyEncoder(channels, channels % 2 == 0)))
        from widths in Gen.Choose(1, 512).ArrayOf()
        from names in Text.ArrayOf()
        from rate in Positive.Where(x => x <= 1000)
        from clip in Gen.OneOf(Gen.Constant<double?>(null), Positive.Select(x => (double?)x))
        from seed in Gen.Choose(0, int.MaxValue)
        from precision in Gen.Elements(Precision.Float32, Precision.Bf16)
        select new Recipe(
            "run-1",
            new ModelRecipe("slot-attention", new ToyOptions(slots, epsilon, scale, big, note, label, limit, kind, encoder) { Widths = widths, Names = names }),
            new DataRecipe(note, label, Cache: big > 0),
            new TrainingRecipe(1, 2, new OptimiserRecipe("adamw", rate) { Betas = (0.5, epsilon) }, seed, note, clip, precision, "cuda:1"),
            new EvaluationRecipe(slots));

    [Fact]
    public void What_is_written_reads_back_to_an_equal_recipe() =>
        Prop.ForAll(Recipes.ToArbitrary(), recipe =>
        {
            var read = RecipeReader.Parse(RecipeWriter.Write(recipe), "written.yaml", new ToyModels());
            return Contents(recipe) == Contents(read);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void The_written_text_has_every_value()
    {
        var text = RecipeWriter.Write(RecipeReader.Parse(
            "name: x\nmodel: {name: slot-attention}\ndata: {train: 'clevr-crop-(128,128)'}\ntraining: {steps: 1, batch: 2}", "x.yaml", new ToyModels()));

        Assert.StartsWith("""
            name: x
            model:
              name: slot-attention
              slots: 7
              epsilon: 1E-08
              scale: 0.1
              big: 1
              note: ""
              label: null
              limit: null
              kind: plain
              encoder: null
              widths: [64, 64]
              names: []
              size: [128, 128]
            data:
              train: clevr-crop-(128,128)
              validation: null
              test: null
              root: null
              cache: false
              options:
                seed: 0

            """, text, StringComparison.Ordinal);
        Assert.Contains("      shapes: [square, ellipse, triangle, heart]\n      minimum_side: 0.2\n", text, StringComparison.Ordinal);
        Assert.EndsWith("""
            training:
              steps: 1
              batch: 2
              optimiser:
                name: adam
                learning_rate: 0.0004
                epsilon: 1E-08
                weight_decay: 0
                betas: [0.9, 0.999]
              seed: 0
              learning_rate_schedule: ""
              gradient_clip: null
              precision: float32
              device: cpu
              threads: 0
              workers: 0
              log_every: 10
              validate_every: 1000
              checkpoint_every: 1000
              keep_every: 0
              nan_limit: 10
              ema: null
              keep_last_batch: false
            evaluation:
              images: 320
              batch: 32

            """, text, StringComparison.Ordinal);
    }
}
