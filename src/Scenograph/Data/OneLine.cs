namespace Scenograph.Data;

/// <summary>Keeps messages that quote a file or an option on one line.</summary>
internal static class OneLine
{
    /// <summary>The text with a space for each control character.</summary>
    public static string Of(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
