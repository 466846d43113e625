using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Scenograph.Torch;
using Scenograph.Training;

namespace Scenograph.Cli;

/// <summary>From the arguments to the exit code: 0 done, 1 failed, 2 bad usage or bad input.</summary>
internal static class CommandLine
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int BadInput = 2;

    /// <summary>Set to 1, unexpected errors show where they came from.</summary>
    private const string TraceVariable = "SCENOGRAPH_TRACE";

    /// <summary>The one place where exceptions end: a user's mistake is one sentence on standard error, never a stack trace.</summary>
    public static async Task<int> Run(string[] arguments)
    {
        try
        {
            var parsed = Root.Create(arguments).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (UsageErrors.First(parsed) is { } mistake)
            {
                await Console.Error.WriteLineAsync(mistake).ConfigureAwait(false);
                return BadInput;
            }
            return parsed.Action is SynchronousCommandLineAction immediate
                ? immediate.Invoke(parsed)
                : await Invoke(parsed).ConfigureAwait(false);
        }
        catch (InputException mistake)
        {
            await Console.Error.WriteLineAsync(mistake.Message).ConfigureAwait(false);
            return BadInput;
        }
        catch (TrainingFailedException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            // A training that is told to stop saves and returns; what arrives here had nothing worth keeping.
            await Console.Error.WriteLineAsync("scenograph: interrupted").ConfigureAwait(false);
            return Failed;
        }
        catch (Exception error) when (Environment.GetEnvironmentVariable(TraceVariable) != "1")
        {
            var message = error.Message.ReplaceLineEndings(" ");
            await Console.Error.WriteLineAsync($"scenograph: unexpected error: {message} (set {TraceVariable}=1 for details)").ConfigureAwait(false);
            return Failed;
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"scenograph: unexpected error: {error}").ConfigureAwait(false);
            return Failed;
        }
    }

    private static async Task<int> Invoke(ParseResult parsed)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        // No time limit of the library's own: saving a checkpoint may take longer than it would wait.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(invocation, stop.Token).ConfigureAwait(false);

        // The first signal asks, the second one ends the process as it always did.
        void Stop(PosixSignalContext context)
        {
            if (!stop.IsCancellationRequested)
            {
                context.Cancel = true;
                stop.Cancel();
            }
        }
    }
}
