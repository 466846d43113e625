using Scenograph.Torch.Images;

namespace Scenograph.Reports.Pictures;

/// <summary>One scene and what a model made of it, in plain host memory: what the pictures are drawn from.</summary>
public sealed record SceneDecomposition
{
    /// <summary>Colour channels C, 1 or 3.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows H.</summary>
    public required int Height { get; init; }

    /// <summary>Columns W.</summary>
    public required int Width { get; init; }

    /// <summary>The input, [C, H, W] in [0, 1].</summary>
    public required float[] Image { get; init; }

    /// <summary>[C, H, W] in [0, 1].</summary>
    public required float[] Reconstruction { get; init; }

    /// <summary>[K, C, H, W] in [0, 1].</summary>
    public required float[] Components { get; init; }

    /// <summary>[K, 1, H, W], non-negative.</summary>
    public required float[] Masks { get; init; }

    /// <summary>False for models whose masks cover objects only: what they leave is then the background.</summary>
    public bool MasksHaveBackground { get; init; } = true;

    /// <summary>The components' codes by name, such as <c>z</c>, <c>mean</c> and <c>deviation</c>, [K, ...] each; empty for models without any.</summary>
    public IReadOnlyDictionary<string, float[]> Latents { get; init; } = new Dictionary<string, float[]>();

    /// <summary>The truth as a label map [H, W], 0 the background; null where it is not known.</summary>
    public byte[]? TrueLabels { get; init; }

    /// <summary>The background alone, [C, H, W]; null for models that do not make one.</summary>
    public float[]? Background { get; init; }

    /// <summary>Whether component k is present, [K]; null for models that do not say.</summary>
    public IReadOnlyList<bool>? Present { get; init; }

    /// <summary>Where component k lies, [K]; null for models that do not say.</summary>
    public IReadOnlyList<Box>? Boxes { get; init; }

    /// <summary>Number of components K.</summary>
    public int ComponentCount => Masks.Length / (Height * Width);

    /// <summary>The mask of component <paramref name="k"/>, [H, W].</summary>
    public ReadOnlySpan<float> Mask(int k) => Masks.AsSpan(k * Height * Width, Height * Width);

    /// <summary>The picture of component <paramref name="k"/>, [C, H, W].</summary>
    public ReadOnlySpan<float> Component(int k) => Components.AsSpan(k * Channels * Height * Width, Channels * Height * Width);

    /// <summary>
    /// The segmentation [H, W] that the masks stand for: the component with the largest mask, the first one on ties, counted
    /// from 0 where the masks have the background among them, else from 1, with 0 where 1 − Σ masks is the largest.
    /// </summary>
    public byte[] PredictedLabels()
    {
        var labels = new byte[Height * Width];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = (byte)Math.Min(byte.MaxValue, LabelAt(i));
        }
        return labels;
    }

    private int LabelAt(int pixel)
    {
        var area = Height * Width;
        var (best, label) = (float.NegativeInfinity, 0);
        if (!MasksHaveBackground)
        {
            best = 1;
            for (var k = 0; k < ComponentCount; k++)
            {
                best -= Masks[k * area + pixel];
            }
        }
        for (var k = 0; k < ComponentCount; k++)
        {
            if (Masks[k * area + pixel] > best)
            {
                (best, label) = (Masks[k * area + pixel], MasksHaveBackground ? k : k + 1);
            }
        }
        return label;
    }

    /// <exception cref="ArgumentException">An array is not of the size that the properties say.</exception>
    internal void Check()
    {
        var (area, volume) = (Height * Width, Channels * Height * Width);
        var count = ComponentCount;
        var right = area > 0 && Image.Length == volume && Reconstruction.Length == volume && Masks.Length == count * area
            && Components.Length == count * volume && (TrueLabels is null || TrueLabels.Length == area)
            && (Background is null || Background.Length == volume) && (Present is null || Present.Count == count)
            && (Boxes is null || Boxes.Count == count);
        if (!right)
        {
            throw new ArgumentException($"the arrays of a scene of {count} components, {Channels} channels, {Height} rows and {Width} columns are not of these sizes");
        }
    }
}
