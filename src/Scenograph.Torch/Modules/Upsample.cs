namespace Scenograph.Torch;

/// <summary>How the values between pixels are found.</summary>
public enum Interpolation
{
    /// <summary>The nearest pixel's.</summary>
    Nearest,
    /// <summary>Linear in both directions.</summary>
    Bilinear,
    /// <summary>Cubic convolution with a = −0.75.</summary>
    Bicubic,
}

/// <summary>Enlarges or shrinks pictures. Input [B, C, H, W].</summary>
public sealed class Upsample : Layer
{
    private readonly double? scale;
    private readonly (long Height, long Width) size;
    private readonly Interpolation mode;
    private readonly bool alignCorners;

    /// <summary>By a factor: the output is ⌊factor·H⌋ × ⌊factor·W⌋.</summary>
    /// <param name="factor">Above 0.</param>
    /// <param name="mode">How the values between pixels are found.</param>
    /// <param name="alignCorners">Whether the centres of the corner pixels keep their places (instead of the corners of the picture).</param>
    public Upsample(double factor, Interpolation mode = Interpolation.Nearest, bool alignCorners = false) : this(mode, alignCorners)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        scale = factor;
    }

    /// <summary>To a size.</summary>
    /// <param name="height">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    /// <param name="mode">How the values between pixels are found.</param>
    /// <param name="alignCorners">Whether the centres of the corner pixels keep their places (instead of the corners of the picture).</param>
    public Upsample(long height, long width, Interpolation mode = Interpolation.Nearest, bool alignCorners = false) : this(mode, alignCorners) =>
        size = (height, width);

    private Upsample(Interpolation mode, bool alignCorners)
    {
        if (alignCorners && mode == Interpolation.Nearest) throw new ArgumentException("corners are aligned in bilinear and bicubic mode only", nameof(alignCorners));
        this.mode = mode;
        this.alignCorners = alignCorners;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var (height, width) = scale is { } s ? ((long)Math.Floor(input.Size(2) * s), (long)Math.Floor(input.Size(3) * s)) : size;
        return mode switch
        {
            Interpolation.Nearest => input.UpsampleNearest2d([height, width], scale, scale),
            Interpolation.Bilinear => input.UpsampleBilinear2d([height, width], alignCorners, scale, scale),
            _ => input.UpsampleBicubic2d([height, width], alignCorners, scale, scale),
        };
    }
}
