using Scenograph.Data.Formats;
using Scenograph.Data.Labelled;
using Scenograph.Torch;

namespace Scenograph.Data.Sources;

/// <summary>
/// Pictures of one thing each in IDX files: MNIST, Fashion-MNIST, EMNIST's letters. The variant <c>train</c> is the training file in
/// every part, which published accuracies were measured on.
/// </summary>
public sealed class LabelledSource : IDataSource
{
    private static readonly string[] MnistFolders = ["mnist", "MNIST/raw", "MNIST"];
    private static readonly string[] FashionClasses = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"];
    private static readonly string[] LetterClasses = [.. Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString())];

    // Where Debian's package dataset-fashion-mnist puts them.
    private const string FashionOfDebian = "/usr/share/datasets/fashion-mnist";

    private readonly Func<SourceRequest, bool, IDataSet> open;

    private LabelledSource(string name, string summary, Func<SourceRequest, bool, IDataSet> open)
    {
        Name = name;
        Summary = summary;
        this.open = open;
    }

    /// <summary>The four data sets of Borea 2021.</summary>
    public static IReadOnlyList<IDataSource> All { get; } =
    [
        new LabelledSource("full_mnist", "MNIST's digits one by one, 28 x 28, with classes, from mnist/*-ubyte(.gz); train",
            (request, test) => new LabelledImages("full_mnist", Mnist(request, test), LabelledImages.Numbers(10))),
        new LabelledSource("simplified_mnist", "MNIST's digits 2, 6 and 9 one by one; train",
            (request, test) => new LabelledImages("simplified_mnist", Mnist(request, test), LabelledImages.Numbers(10), only: [2, 6, 9])),
        new LabelledSource("fashion_mnist", "Fashion-MNIST's clothes one by one, 28 x 28, with classes, from fashion-mnist/*-ubyte(.gz) or Debian's dataset-fashion-mnist; train",
            (request, test) => new LabelledImages("fashion_mnist", MnistFiles.Read(Fashion(request), test), FashionClasses)),
        new LabelledSource("letters", "EMNIST's letters one by one, 28 x 28, with classes, from emnist/emnist-letters-*-ubyte(.gz); train", Letters),
    ];

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = new ImageShape(1, 28, 28);
        return variant is null or "train";
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Variant is not null) request.RequireVariant("train");
        return open(request, request.Split != Split.Train && request.Variant is null);
    }

    private static MnistFiles Mnist(SourceRequest request, bool test) => MnistFiles.Read(MnistFolder(request), test);

    internal static string MnistFolder(SourceRequest request) => request.Roots.Find(MnistFolders)
        ?? throw request.Roots.Missing(request.Spec, "mnist/train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz");

    private static string Fashion(SourceRequest request) => request.Roots.Find("fashion-mnist", "FashionMNIST/raw", "fashion_mnist")
        ?? (Directory.Exists(FashionOfDebian) ? FashionOfDebian : null)
        ?? throw request.Roots.Missing(request.Spec, "fashion-mnist/train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, "
            + "t10k-labels-idx1-ubyte.gz (on Debian: apt-get install dataset-fashion-mnist; on its own disk it is found without a root)");

    private static LabelledImages Letters(SourceRequest request, bool test)
    {
        const string Prefix = "emnist-letters-";
        var folder = request.Roots.Find("emnist", "EMNIST/raw", "EMNIST", "gzip")
            ?? throw request.Roots.Missing(request.Spec, "emnist/emnist-letters-train-images-idx3-ubyte.gz, emnist-letters-train-labels-idx1-ubyte.gz and the same two with test");
        var part = test ? "test" : "train";
        var labels = MnistFiles.Find(folder, $"{Prefix}{part}-labels-idx1-ubyte");
        return new LabelledImages("letters", MnistFiles.Read(MnistFiles.Find(folder, $"{Prefix}{part}-images-idx3-ubyte"), labels), LetterClasses,
            firstLabel: 1, transposed: !request.Options.LettersAsStored, path: labels);
    }
}
