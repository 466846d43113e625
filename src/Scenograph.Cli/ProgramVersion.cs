namespace Scenograph.Cli;

/// <summary>The program's version, as <c>--version</c> prints it.</summary>
internal static class ProgramVersion
{
    public static string Text => typeof(ProgramVersion).Assembly.GetName().Version?.ToString(3) ?? "";
}
