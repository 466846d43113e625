namespace Scenograph.Torch;

/// <summary>
/// What the user gave (a file, a key, a value, an option) cannot be used. The message is the whole answer: one sentence that
/// names the file, key or value and says what would be right. The command line prints it alone and exits with code 2.
/// </summary>
public sealed class InputException : Exception
{
    /// <param name="message">One sentence: the file and place, what is wrong, what would be right.</param>
    public InputException(string message) : base(message) { }

    /// <inheritdoc cref="InputException(string)"/>
    public InputException(string message, Exception inner) : base(message, inner) { }
}
