using Scenograph.Torch;

namespace Scenograph.Reports;

/// <summary>Turns what the file system says into the one sentence a user gets (full disk, no permission, missing folder).</summary>
internal static class WriteFailure
{
    /// <summary>Whether <paramref name="failure"/> comes from the file system and not from a mistake of ours.</summary>
    public static bool IsFrom(Exception failure) => failure is IOException or UnauthorizedAccessException;

    public static InputException Describe(string path, Exception failure)
    {
        var reason = failure switch
        {
            UnauthorizedAccessException => "there is no permission to write there",
            DirectoryNotFoundException => "its folder does not exist",
            _ => failure.Message.TrimEnd('.'),
        };
        return new InputException($"{path}: cannot be written: {reason}", failure);
    }
}
