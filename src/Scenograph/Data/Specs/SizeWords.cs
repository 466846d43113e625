namespace Scenograph.Data.Specs;

/// <summary>The sizes that have a name.</summary>
internal static class SizeWords
{
    private static readonly (string Word, int Height, int Width)[] All =
        [("tiny", 48, 64), ("small", 96, 128), ("medium", 144, 192), ("large", 192, 256), ("huge", 240, 320)];

    /// <summary>The words, for messages.</summary>
    public static string Words => string.Join(", ", All.Select(one => one.Word));

    /// <summary>Rows and columns of a word, or null.</summary>
    public static (int Height, int Width)? Find(string word) =>
        All.Where(one => one.Word == word).Select(one => ((int, int)?)(one.Height, one.Width)).FirstOrDefault();

    /// <summary>First letter of the first size that is at least so high, or <c>-cs</c> beyond all.</summary>
    public static string Letter(int height) =>
        All.Where(one => one.Height >= height).Select(one => one.Word[..1]).FirstOrDefault("-cs");
}
