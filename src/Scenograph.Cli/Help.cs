using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Scenograph.Cli;

/// <summary>Help texts that end with examples.</summary>
internal static class Help
{
    /// <summary>Makes <c>--help</c> of the root and of every command below it show the command's examples.</summary>
    public static void Install(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpWithExamples((SynchronousCommandLineAction)option.Action!);
        }
    }

    private sealed class HelpWithExamples(SynchronousCommandLineAction plain) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var status = plain.Invoke(parseResult);
            if (parseResult.CommandResult.Command is ExampleCommand command)
            {
                var output = parseResult.InvocationConfiguration.Output;
                output.WriteLine(command.Examples.Count == 1 ? "Example:" : "Examples:");
                foreach (var example in command.Examples)
                {
                    output.WriteLine("  " + example);
                }
            }
            return status;
        }
    }
}
