namespace Scenograph.Tests.EndToEnd;

public sealed class UsageTests
{
    private static readonly string[] Names = ["demo", "train", "evaluate", "decompose", "data show", "data make", "import", "experiment", "doctor"];

    public static TheoryData<string> Verbs => [.. Names];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_of_every_verb_shows_an_example(string verb)
    {
        var outcome = ScenographProgram.Run([.. verb.Split(' '), "--help"]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Matches($@"Examples?:\n  scenograph {verb}", outcome.Output);
    }

    [Fact]
    public void Help_lists_every_verb()
    {
        var outcome = ScenographProgram.Run("--help");

        Assert.Equal(0, outcome.ExitCode);
        Assert.All(Names, verb => Assert.Matches($@"\n  {verb.Split(' ')[0]} ", outcome.Output));
    }

    [Fact]
    public void Version_is_a_number()
    {
        var outcome = ScenographProgram.Run("--version");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", outcome.Output);
    }

    [Fact]
    public void The_program_runs_from_any_folder_and_through_a_link()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["s"], ScenographProgram.Path);

        using var process = ScenographProgram.StartProgram(folder["s"], folder.Path, null, "--version");
        Assert.Equal(0, ScenographProgram.Finish(process).ExitCode);
    }

    [Theory]
    [InlineData("trian", "scenograph: 'trian' is not a command; did you mean train?")]
    [InlineData("train x.yaml --stps 5", "scenograph train: '--stps' is not an option; did you mean --steps?")]
    [InlineData("decompose run a.png --ouy b", "scenograph decompose: '--ouy' is not an option; did you mean --out?")]
    [InlineData("train x.yaml --steps five", "scenograph train: --steps is 'five'; a whole number of at least 1 is expected")]
    [InlineData("train x.yaml --steps 0", "scenograph train: --steps is '0'; a whole number of at least 1 is expected")]
    [InlineData("evaluate a b", "scenograph evaluate: 'b' is one argument too many; see scenograph evaluate --help")]
    [InlineData("doctor --json --loud", "scenograph doctor: '--loud' is not an option; see scenograph doctor --help")]
    [InlineData("data", "scenograph data: a command is missing; there are show, make (see scenograph data --help)")]
    public void A_mistyped_command_line_is_answered_with_what_was_meant(string line, string sentence) =>
        Assert.Equal(sentence, ScenographProgram.Run(line.Split(' ')).OneSentence());

    [Theory]
    [InlineData("train")]
    [InlineData("train x.yaml --resume --out y")]
    [InlineData("evaluate")]
    [InlineData("decompose run")]
    [InlineData("import x.pth")]
    [InlineData("")]
    public void An_incomplete_command_line_is_refused_in_one_sentence(string line) =>
        Assert.StartsWith("scenograph", ScenographProgram.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).OneSentence(), StringComparison.Ordinal);
}
