namespace Scenograph.Training.Recipes;

/// <summary>What a complaint about an unknown word says besides: the nearest known one, or all of them.</summary>
public static class Spelling
{
    private const int LongestQuote = 60;

    /// <summary><c>did you mean slots?</c> where a known word is near, else <c>it is one of a, b, c</c>.</summary>
    /// <param name="word">The unknown word.</param>
    /// <param name="known">The words there are.</param>
    /// <param name="prefix">Put before each known word in the answer, e.g. <c>model.</c>.</param>
    public static string Suggest(string word, IReadOnlyCollection<string> known, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        if (Nearest(word, known) is { } nearest)
        {
            return $"did you mean {prefix}{nearest}?";
        }
        return known.Count switch
        {
            0 => "there are none",
            1 => $"there is only {prefix}{known.First()}",
            _ => $"there are {string.Join(", ", known.Take(30))}",
        };
    }

    /// <summary>The known word at the smallest edit distance, if at most a third of its letters (and at least one) differ.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        if (word.Length > 100)
        {
            return null;
        }
        var plain = Plain(word);
        var nearest = known
            .Select(candidate => (Candidate: candidate, Distance: Distance(plain, Plain(candidate))))
            .Where(pair => pair.Distance <= Math.Max(1, pair.Candidate.Length / 3))
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.Candidate;
    }

    /// <summary>The text in quotation marks, without line breaks, and cut where it is long.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var flat = string.Concat(text.Take(LongestQuote).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length > LongestQuote ? $"'{flat}…'" : $"'{flat}'";
    }

    private static string Plain(string word) => word.Replace('-', '_').ToLowerInvariant();

    /// <summary>Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, replacements, neighbours swapped.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }
                var replace = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replace, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }
        return table[a.Length, b.Length];
    }
}
