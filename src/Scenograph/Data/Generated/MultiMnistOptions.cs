using Scenograph.Torch;

namespace Scenograph.Data.Generated;

/// <summary>How Multi-MNIST scenes are made (van Steenkiste et al., 2018, arXiv 1810.10340); where the paper is silent, our choice.</summary>
public sealed record MultiMnistOptions
{
    /// <summary>Which digits go together and how they are composed.</summary>
    public MultiMnistVariant Variant { get; init; } = MultiMnistVariant.Uniform;

    /// <summary>Height and width of the canvas in pixels, 64 in the paper; 16 to 512.</summary>
    public int Size { get; init; } = 64;

    /// <summary>Height and width to which a digit's 28 × 28 image is resized; 8 to <see cref="Size"/>.</summary>
    public int DigitSize { get; init; } = 28;

    /// <summary>Height and width of the finished image, <see cref="Size"/> divided by a whole number; images are averaged over blocks, masks take each block's majority. Null: as the canvas.</summary>
    public int? OutputSize { get; init; }

    /// <summary>Digits of a scene, 1 to 20; RGB variants have exactly 3.</summary>
    public int Digits { get; init; } = 3;

    /// <summary>Images of MNIST's training file that make training scenes, from the first on.</summary>
    public int TrainDigits { get; init; } = 50_000;

    /// <summary>Images of MNIST's training file that make validation scenes, the last ones.</summary>
    public int ValidationDigits { get; init; } = 10_000;

    /// <summary>Seed of the training scenes; validation scenes have it plus 1, test scenes plus 2.</summary>
    public long Seed { get; init; } = 547;

    /// <exception cref="InputException">A value is out of its range.</exception>
    public void Check()
    {
        Require(Enum.IsDefined(Variant), nameof(Variant), Variant, string.Join(", ", Enum.GetNames<MultiMnistVariant>()));
        Require(Size is >= 16 and <= 512, nameof(Size), Size, "16 to 512 pixels");
        Require(DigitSize >= 8 && DigitSize <= Size, nameof(DigitSize), DigitSize, $"8 to {nameof(Size)} ({Size}) pixels");
        Require(OutputSize is not { } output || (output >= 8 && Size % output == 0), nameof(OutputSize), OutputSize!, $"8 or more and divide {nameof(Size)} ({Size})");
        Require(Digits is >= 1 and <= 20, nameof(Digits), Digits, "1 to 20");
        Require(Digits == 3 || Variant is MultiMnistVariant.Uniform or MultiMnistVariant.Triplet, nameof(Digits), Digits, $"3 for {Variant}: one red, one green, one blue");
        Require(Size == 64 || Variant != MultiMnistVariant.RgbOccludedCifar10, nameof(Size), Size, "64 on CIFAR-10 backgrounds");
        Require(TrainDigits >= 1, nameof(TrainDigits), TrainDigits, "at least 1");
        Require(ValidationDigits >= 1, nameof(ValidationDigits), ValidationDigits, "at least 1");
    }

    private static void Require(bool met, string name, object value, string right)
    {
        if (!met)
        {
            throw new InputException($"multi_mnist: {name} is {value}, but must be {right}.");
        }
    }
}

/// <summary>The variants of Multi-MNIST.</summary>
public enum MultiMnistVariant
{
    /// <summary>Independent digits, grey, summed and clipped to 1.</summary>
    Uniform,

    /// <summary>Digits of one class, grey, summed and clipped to 1.</summary>
    Triplet,

    /// <summary>Independent digits, one red, one green, one blue; later ones hide earlier ones.</summary>
    RgbOccluded,

    /// <summary>As <see cref="RgbOccluded"/>, on CIFAR-10 images.</summary>
    RgbOccludedCifar10,
}
