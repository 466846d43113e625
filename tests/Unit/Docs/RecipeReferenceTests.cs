namespace Scenograph.Tests.Unit.Docs;

public sealed class RecipeReferenceTests
{
    private const string Page = "docs/recipes.md";

    /// <summary>SCENOGRAPH_WRITE_DOCS=1 dotnet test tests/Unit --filter RecipeReference writes the page anew.</summary>
    [Fact]
    public void The_page_of_recipes_lists_every_key_as_the_reader_knows_it()
    {
        var page = RepositoryFiles.Read(Page);
        var (begin, end) = (page.IndexOf(RecipeReference.Begin, StringComparison.Ordinal), page.IndexOf(RecipeReference.End, StringComparison.Ordinal));
        Assert.True(begin >= 0 && end > begin, $"{Page} has lost its marks");
        var expected = $"{page[..begin]}{RecipeReference.Begin}\n{RecipeReference.Write()}\n{page[end..]}";
        if (Environment.GetEnvironmentVariable("SCENOGRAPH_WRITE_DOCS") == "1")
        {
            File.WriteAllText(RepositoryFiles.PathOf(Page), expected);
            return;
        }

        Assert.Equal(expected, page);
    }
}
