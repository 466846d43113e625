namespace Scenograph.Data.Specs;

/// <summary>Cuts spec texts; what stands in brackets, such as a path, is never cut.</summary>
internal static class SpecText
{
    /// <returns>The parts between separators outside brackets; null where the brackets do not match.</returns>
    public static List<string>? Split(string text, char separator)
    {
        var parts = new List<string>();
        var (start, depth) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == separator && depth == 0))
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
            else if (text[i] == '[')
            {
                depth++;
            }
            else if (text[i] == ']' && --depth < 0)
            {
                return null;
            }
        }

        return depth == 0 ? parts : null;
    }

    /// <summary>Takes one pair of brackets off.</summary>
    public static string Unquote(string text) => text.Length >= 2 && text[0] == '[' && text[^1] == ']' ? text[1..^1] : text;
}
