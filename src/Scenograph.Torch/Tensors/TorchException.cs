namespace Scenograph.Torch;

/// <summary>libtorch refused or failed an operation; the message names the operator and the shapes it was given.</summary>
public sealed class TorchException : Exception
{
    /// <param name="message">What failed and why.</param>
    public TorchException(string message) : base(message) { }
}
