using System.CommandLine;
using Scenograph.Cli.Doctor;
using Spectre.Console;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph doctor</c>: what the program runs on, and what to do about what is off.</summary>
internal static class DoctorCommand
{
    /// <summary>What <c>--json</c> prints.</summary>
    /// <param name="Ok">Whether nothing needed is missing.</param>
    /// <param name="Version">Of Scenograph.</param>
    /// <param name="Checks">One entry a row of the table.</param>
    internal sealed record Answer(bool Ok, string Version, IReadOnlyList<Finding> Checks);

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "doctor",
            "Report what the program runs on: libtorch, linear algebra and its speed, cores and threads, devices, codecs, disk; with advice for each thing that is off.",
            "scenograph doctor",
            "scenograph doctor --json")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var findings = Examination.Run();
            var answer = new Answer(findings.All(finding => finding.Health is not Health.Missing), ProgramVersion.Text, findings);
            if (parsed.GetValue(json))
            {
                Output.WriteJson(answer);
            }
            else
            {
                Print(answer);
            }
            return answer.Ok ? 0 : 1;
        });
        return command;
    }

    private static void Print(Answer answer)
    {
        var console = Output.CreateConsole();
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "");
        foreach (var finding in answer.Checks)
        {
            var mark = finding.Health switch { Health.Good => "[green]good[/]", Health.Poor => "[yellow]look[/]", _ => "[red]missing[/]" };
            table.AddRow(mark, Markup.Escape(finding.Name), Markup.Escape(finding.Value));
        }
        console.Write(table);
        foreach (var finding in answer.Checks.Where(finding => finding.Advice is not null))
        {
            console.MarkupLineInterpolated($"[bold]{finding.Name}[/]: {finding.Advice}");
        }
    }
}
