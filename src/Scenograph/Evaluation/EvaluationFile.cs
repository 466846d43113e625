using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Evaluation;

/// <summary>Writes a file of results whole or not at all.</summary>
internal static class EvaluationFile
{
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            AtomicFile.Write(path, write);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the results cannot be written: {problem.Message}", problem);
        }
    }
}
