using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>How splits are called on disk and on the command line.</summary>
public static class SplitNames
{
    /// <summary><c>train</c>, <c>val</c> or <c>test</c>.</summary>
    public static string Of(Split split) => split switch
    {
        Split.Train => "train",
        Split.Validation => "val",
        Split.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(split)),
    };

    /// <param name="name">train, val (or validation) or test.</param>
    /// <exception cref="InputException">Any other word.</exception>
    public static Split Parse(string name) => name switch
    {
        "train" => Split.Train,
        "val" or "validation" => Split.Validation,
        "test" => Split.Test,
        _ => throw new InputException($"'{name}' is not a split; there are train, val and test."),
    };
}
