using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Scenograph.Training.Recipes;

namespace Scenograph.Cli;

/// <summary>Says what is wrong with a command line in one sentence, with the nearest word that would be right.</summary>
internal static class UsageErrors
{
    /// <returns>Null where the command line can be carried out.</returns>
    public static string? First(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var name = string.Join(' ', PathOf(parsed.CommandResult));

        // An unknown option looks to the parser like one more value of an argument that takes several.
        if (parsed.Action is not ParseErrorAction and not null && parsed.Errors.Count == 0)
        {
            return parsed.Tokens.Any(token => token.Type is TokenType.DoubleDash)
                ? null
                : command.Arguments
                    .SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? [])
                    .Where(token => token.Value.Length > 1 && token.Value[0] == '-')
                    .Select(token => Unknown(token.Value, command, name))
                    .FirstOrDefault();
        }
        if (parsed.Action is not ParseErrorAction and not null)
        {
            return null; // --help and --version are answered whatever else is there.
        }
        if (parsed.UnmatchedTokens.Count > 0)
        {
            return Unknown(parsed.UnmatchedTokens[0], command, name);
        }
        return parsed.Errors.Count > 0 && command.Subcommands.Count == 0
            ? $"{name}: {Sentence(parsed.Errors[0].Message)}"
            : $"{name}: a command is missing; there are {string.Join(", ", command.Subcommands.Select(verb => verb.Name))} (see {name} --help)";
    }

    private static string Unknown(string word, Command command, string name)
    {
        if (command.Subcommands.Count > 0 && !word.StartsWith('-'))
        {
            return $"{name}: {Spelling.Quote(word)} is not a command; {Spelling.Suggest(word, [.. command.Subcommands.Select(verb => verb.Name)])}";
        }
        if (!word.StartsWith('-'))
        {
            return $"{name}: {Spelling.Quote(word)} is one argument too many; see {name} --help";
        }
        var option = word.Split('=')[0];
        var nearest = Spelling.Nearest(option, command.Options.Select(known => known.Name));
        return $"{name}: {Spelling.Quote(option)} is not an option; {(nearest is null ? $"see {name} --help" : $"did you mean {nearest}?")}";
    }

    private static string Sentence(string message) => message.ReplaceLineEndings(" ").Trim().TrimEnd('.');

    private static IEnumerable<string> PathOf(SymbolResult? result)
    {
        if (result is not CommandResult command)
        {
            return [];
        }
        return PathOf(command.Parent).Append(command.Command is RootCommand ? "scenograph" : command.Command.Name);
    }
}
