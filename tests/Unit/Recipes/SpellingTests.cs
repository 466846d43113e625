using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Recipes;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("slot", "slots")]
    [InlineData("sltos", "slots")]
    [InlineData("learning-rate", "learning_rate")]
    [InlineData("Batch", "batch")]
    public void A_slip_of_the_finger_finds_the_word(string word, string meant) =>
        Assert.Equal(meant, Spelling.Nearest(word, ["slots", "learning_rate", "batch"]));

    [Theory]
    [InlineData("kernel")]
    [InlineData("")]
    public void A_strange_word_finds_nothing(string word) => Assert.Null(Spelling.Nearest(word, ["slots", "learning_rate", "batch"]));

    [Fact]
    public void Without_a_near_word_all_are_listed() => Assert.Equal("there are slots, batch", Spelling.Suggest("kernel", ["slots", "batch"]));
}
