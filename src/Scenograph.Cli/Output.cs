using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scenograph.Evaluation;
using Spectre.Console;

namespace Scenograph.Cli;

/// <summary>How answers are printed: tables for people, JSON for programs.</summary>
internal static class Output
{
    private const int RedirectedWidth = 160;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>One JSON value on standard output, keys in snake case.</summary>
    public static void WriteJson<T>(T answer) => Console.Out.WriteLine(JsonSerializer.Serialize(answer, JsonOptions));

    /// <summary>The same as bytes, for a file.</summary>
    public static byte[] ToJson<T>(T answer) => JsonSerializer.SerializeToUtf8Bytes(answer, JsonOptions);

    /// <summary>A table of results on standard output.</summary>
    public static void Write(EvaluationTable results)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(results.Title));
        foreach (var column in results.Columns) table.AddColumn(new TableColumn(Markup.Escape(column)));
        foreach (var row in results.Rows) table.AddRow([.. row.Select(Markup.Escape)]);
        CreateConsole().Write(table);
    }

    /// <summary>A console on standard output; where that is a file or a pipe, without colours and wide enough for tables.</summary>
    public static IAnsiConsole CreateConsole()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Create(new AnsiConsoleSettings());
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = RedirectedWidth;
        return console;
    }
}
