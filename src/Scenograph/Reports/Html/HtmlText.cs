using System.Text;

namespace Scenograph.Reports.Html;

/// <summary>Escapes text so that it shows as itself in elements and in quoted attributes, and is legal in HTML and in XML.</summary>
internal static class HtmlText
{
    public static string Escape(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\r' => escaped, // a line end is one character here; browsers and XML readers would both make it one
                '\t' or '\n' => escaped.Append((char)rune.Value),
                < ' ' or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune.ToString()),
            };
        }
        return escaped.ToString();
    }
}
