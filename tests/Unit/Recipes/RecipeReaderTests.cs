using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Recipes;

public sealed class RecipeReaderTests
{
    // Line numbers in the expectations below count these lines; {0} is line 5.
    private const string Frame = """
        name: tetrominoes
        model:
          name: slot-attention
          slots: 5
        {0}
        data:
          train: clevr-crop-(128,128)
        training:
          steps: 100
          batch: 8
        """;

    private static string With(string line) => Frame.Replace("{0}", line, StringComparison.Ordinal);

    private static Recipe Parse(string text, params string[] overrides) => RecipeReader.Parse(text, "recipes/x.yaml", new ToyModels(), overrides);

    private static ToyOptions Options(string line, params string[] overrides) => (ToyOptions)Parse(With(line), overrides).Model.Options;

    private static string Complaint(string text, params string[] overrides) =>
        Assert.Throws<InputException>(() => Parse(text, overrides)).Message;

    [Fact]
    public void Given_values_are_read_and_the_others_have_their_defaults()
    {
        var recipe = Parse(With(""));

        Assert.Equal("tetrominoes", recipe.Name);
        Assert.Equal("slot-attention", recipe.Model.Name);
        Assert.Equal(5, Options("").Slots);
        Assert.Equal(1e-8, Options("").Epsilon);
        Assert.Null(Options("").Encoder);
        Assert.Equal("clevr-crop-(128,128)", recipe.Data.Train);
        Assert.Equal(100, recipe.Training.Steps);
        Assert.Equal("adam", recipe.Training.Optimiser.Name);
        Assert.Equal((0.9, 0.999), recipe.Training.Optimiser.Betas);
        Assert.Equal(Precision.Float32, recipe.Training.Precision);
        Assert.Equal(320, recipe.Evaluation.Images);
    }

    [Fact]
    public void Numbers_texts_choices_and_sections_are_read()
    {
        Assert.Equal(1e-3, Options("  epsilon: 1e-3").Epsilon);
        Assert.Equal(0.5f, Options("  scale: .5").Scale);
        Assert.Equal(-4_000_000_000, Options("  big: -4_000_000_000").Big);
        Assert.Equal("5", Options("  note: 5").Note);
        Assert.Equal("a: 'b' # c", Options("  note: \"a: 'b' # c\"").Note);
        Assert.Equal(3, Options("  limit: 3").Limit);
        Assert.Null(Options("  limit: null").Limit);
        Assert.Equal(ToyKind.TwoWords, Options("  kind: two-words").Kind);
        Assert.Equal(ToyKind.TwoWords, Options("  kind: two_words").Kind);
        Assert.Equal(new ToyEncoder(8, true), Options("  encoder: {channels: 8, residual: true}").Encoder);
    }

    [Fact]
    public void Lists_and_pairs_are_read()
    {
        Assert.Equal([1, 2, 3], Options("  widths: [1, 2, 3]").Widths);
        Assert.Equal(["a", "b, c"], Options("  names: [a, 'b, c']").Names);
        Assert.Equal((32, 48), Options("  size: [32, 48]").Size);
    }

    [Fact]
    public void Anchors_and_aliases_are_read() =>
        Assert.Equal([4, 4], Options("  widths: [&a 4, *a]").Widths);

    [Theory]
    [InlineData("  slot: 5", "recipes/x.yaml, line 5: model.slot is not an option of slot-attention; did you mean model.slots?")]
    [InlineData("  encoder: {chanels: 8}", "recipes/x.yaml, line 5: model.encoder.chanels is not an option of model.encoder; did you mean model.encoder.channels?")]
    [InlineData("modle: 5", "recipes/x.yaml, line 5: modle is not an option of a recipe; did you mean model?")]
    [InlineData("zzz: 5", "recipes/x.yaml, line 5: zzz is not an option of a recipe; there are name, model, data, training, evaluation")]
    public void An_unknown_key_is_named_with_the_nearest_known_one(string line, string sentence) =>
        Assert.Equal(sentence, Complaint(With(line)));

    [Theory]
    [InlineData("  big: five", "recipes/x.yaml, line 5: model.big is 'five'; a whole number is expected")]
    [InlineData("  big: 1.5", "recipes/x.yaml, line 5: model.big is '1.5'; a whole number is expected")]
    [InlineData("  big: '5'", "recipes/x.yaml, line 5: model.big is the text '5'; a whole number is expected")]
    [InlineData("  big: [5]", "recipes/x.yaml, line 5: model.big is a list of 1; a whole number is expected")]
    [InlineData("  big:", "recipes/x.yaml, line 5: model.big has no value; a whole number is expected")]
    [InlineData("  limit: 3000000000", "recipes/x.yaml, line 5: model.limit is '3000000000'; it must be from -2147483648 to 2147483647")]
    [InlineData("  epsilon: .nan", "recipes/x.yaml, line 5: model.epsilon is '.nan'; a finite number is expected")]
    [InlineData("  epsilon: nan", "recipes/x.yaml, line 5: model.epsilon is 'nan'; a finite number is expected")]
    [InlineData("  encoder: {residual: yes}", "recipes/x.yaml, line 5: model.encoder.residual is 'yes'; true or false is expected")]
    [InlineData("  encoder: 5", "recipes/x.yaml, line 5: model.encoder is '5'; a section with keys and values is expected")]
    [InlineData("  kind: round", "recipes/x.yaml, line 5: model.kind is 'round'; it must be plain or two-words")]
    [InlineData("  size: [1, 2, 3]", "recipes/x.yaml, line 5: model.size is a list of 3; a list of 2 entries is expected")]
    [InlineData("  widths: [1, a]", "recipes/x.yaml, line 5: model.widths[1] is 'a'; a whole number is expected")]
    [InlineData("  note: [a]", "recipes/x.yaml, line 5: model.note is a list of 1; a text is expected")]
    public void A_wrong_type_is_named_with_the_right_one(string line, string sentence) =>
        Assert.Equal(sentence, Complaint(With(line)));

    [Theory]
    [InlineData("model.slots=0", "--set model.slots=0: model.slots is '0'; it must be from 1 to 64")]
    [InlineData("model.epsilon=0", "--set model.epsilon=0: model.epsilon is '0'; it must be above 0 and at most 1")]
    [InlineData("model.widths=[1, 0]", "--set model.widths=[1, 0]: model.widths is a list of 2; each must be from 1 to 512")]
    [InlineData("training.steps=0", "--set training.steps=0: training.steps is '0'; it must be at least 1")]
    [InlineData("training.seed=-1", "--set training.seed=-1: training.seed is '-1'; it must be at least 0")]
    [InlineData("training.gradient_clip=0", "--set training.gradient_clip=0: training.gradient_clip is '0'; it must be above 0")]
    [InlineData("training.device=gpu", "--set training.device=gpu: training.device is 'gpu'; it must be cpu, cuda or cuda:N")]
    [InlineData("training.precision=float16", "--set training.precision=float16: training.precision is 'float16'; it must be float32 or bf16")]
    [InlineData("training.optimiser.name=adan", "--set training.optimiser.name=adan: training.optimiser.name is 'adan'; it must be adam, adamw, rmsprop or sgd")]
    [InlineData("training.optimiser.betas=[0.9, 1]", "--set training.optimiser.betas=[0.9, 1]: training.optimiser.betas is a list of 2; each must be at least 0 and below 1")]
    [InlineData("name=../x", "--set name=../x: name is '../x'; it must be letters, digits, points, hyphens and underscores, and begin with a letter or digit")]
    public void A_value_out_of_range_is_named_with_the_range(string change, string sentence) =>
        Assert.Equal(sentence, Complaint(With(""), change));

    [Fact]
    public void A_key_given_twice_is_refused_with_both_lines() =>
        Assert.Equal("recipes/x.yaml, line 5: 'slots' is given twice; it stands already in recipes/x.yaml, line 4", Complaint(With("  slots: 6")));

    [Fact]
    public void A_missing_key_is_named()
    {
        Assert.Equal("recipes/x.yaml, line 9: training.steps is missing", Complaint(With("").Replace("  steps: 100\n", "", StringComparison.Ordinal)));
        Assert.Equal("recipes/x.yaml: data.train is missing", Complaint("name: x\nmodel: {name: monet}\ntraining: {steps: 1, batch: 1}"));
    }

    [Theory]
    [InlineData("slot-attenton", "recipes/x.yaml, line 3: model.name is 'slot-attenton', and there is no such model; did you mean slot-attention?")]
    [InlineData("resnet", "recipes/x.yaml, line 3: model.name is 'resnet', and there is no such model; there are slot-attention, monet")]
    public void An_unknown_model_is_named_with_the_known_ones(string name, string sentence) =>
        Assert.Equal(sentence, Complaint(With("").Replace("name: slot-attention", "name: " + name, StringComparison.Ordinal)));

    [Theory]
    [InlineData("", "recipes/x.yaml is empty")]
    [InlineData("# only a comment", "recipes/x.yaml is empty")]
    [InlineData("- a\n- b", "recipes/x.yaml is not a recipe")]
    [InlineData("name: x\n  model: y", "recipes/x.yaml, line 2: not valid YAML: ")]
    [InlineData("name: [x", "recipes/x.yaml, line 2: not valid YAML: ")]
    [InlineData("name: *nothing", "recipes/x.yaml, line 1: *nothing stands for nothing")]
    [InlineData("name: x\n---\nname: y", "recipes/x.yaml, line 2: a second document begins here")]
    public void What_is_no_recipe_is_refused(string text, string beginning) =>
        Assert.StartsWith(beginning, Complaint(text), StringComparison.Ordinal);

    [Fact]
    public void Later_overrides_win_and_may_reach_into_sections_that_are_not_there()
    {
        Assert.Equal(3, Options("", "model.slots=2", "model.slots=3").Slots);
        Assert.Equal(16, Options("", "model.encoder.channels=16").Encoder!.Channels);
        Assert.Equal([8], Options("", "model.widths=[8]").Widths);
        Assert.Equal("a=b", Options("", "model.note=a=b").Note);
        Assert.Equal("clevrtex:full-crop-(64,64)", Parse(With(""), "data.train=clevrtex:full-crop-(64,64)").Data.Train);
    }

    [Theory]
    [InlineData("model.slots", "--set model.slots: KEY=VALUE is expected, e.g. --set model.slots=5")]
    [InlineData("=5", "--set =5: KEY=VALUE is expected, e.g. --set model.slots=5")]
    [InlineData("model..slots=5", "--set model..slots=5: KEY=VALUE is expected, e.g. --set model.slots=5")]
    [InlineData("model.slots.x=5", "--set model.slots.x=5: model.slots is a value, not a section with keys")]
    [InlineData("model.slot=5", "--set model.slot=5: model.slot is not an option of slot-attention; did you mean model.slots?")]
    [InlineData("model.slots=[", "--set model.slots=[: not valid YAML: ")]
    public void A_wrong_override_is_named(string change, string beginning) =>
        Assert.StartsWith(beginning, Complaint(With(""), change), StringComparison.Ordinal);

    [Fact]
    public void An_override_of_an_aliased_section_leaves_the_other_alone()
    {
        var recipe = Parse("""
            name: x
            model: {name: monet}
            data: {train: a}
            training: {steps: 1, batch: 1}
            evaluation: &e {images: 5}
            """, "evaluation.images=6");

        Assert.Equal(6, recipe.Evaluation.Images);
    }

    [Fact]
    public void A_file_that_is_missing_a_folder_or_not_a_text_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("scenograph-recipe-");
        try
        {
            var binary = Path.Combine(folder.FullName, "binary.yaml");
            File.WriteAllBytes(binary, [0x89, 0x50, 0xFF, 0xFE]);
            var large = Path.Combine(folder.FullName, "large.yaml");
            File.WriteAllText(large, new string('#', 1 << 21));

            string Of(string path) => Assert.Throws<InputException>(() => RecipeReader.Read(path, new ToyModels())).Message;
            Assert.Equal($"{folder.FullName}/no.yaml does not exist; a recipe is a YAML file, e.g. those under recipes/", Of(folder.FullName + "/no.yaml"));
            Assert.Equal($"{folder.FullName} is a folder; a recipe is a YAML file", Of(folder.FullName));
            Assert.Equal($"{binary} is not a text in UTF-8; a recipe is a YAML file", Of(binary));
            Assert.Equal($"{large} is longer than 1 MB, which no recipe is", Of(large));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        Assert.Contains("nested more than 32 levels deep", Complaint(new string('[', 500_000)), StringComparison.Ordinal);
        Assert.Contains("nested more than 32 levels deep", Complaint("a: " + string.Concat(Enumerable.Repeat("{a: ", 5_000))), StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_bomb_is_refused_not_expanded()
    {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 30).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));

        Assert.Contains("more than 100,000 values", Complaint(bomb), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_a_model_alone_are_its_defaults_changed_by_overrides()
    {
        Assert.Equal(4, ((ToyOptions)RecipeReader.Model("slot-attention", new ToyModels(), ["slots=4"]).Options).Slots);
        Assert.Equal(4, ((ToyOptions)RecipeReader.Model("slot-attention", new ToyModels(), ["model.slots=4"]).Options).Slots);
        Assert.Equal(
            "there is no model 'monett'; did you mean monet?",
            Assert.Throws<InputException>(() => RecipeReader.Model("monett", new ToyModels())).Message);
    }
}
