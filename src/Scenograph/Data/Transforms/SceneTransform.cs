using Scenograph.Data.Resizing;
using Scenograph.Torch;

namespace Scenograph.Data.Transforms;

/// <summary>What data specs do to one scene: image and label map together.</summary>
public static class SceneTransform
{
    /// <summary>The centred square whose side is <paramref name="fraction"/> of the shorter side, rounded down.</summary>
    /// <param name="sample">Any scene.</param>
    /// <param name="fraction">(0, 1]</param>
    public static Sample CropCentre(Sample sample, double fraction)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var side = CropSide(sample.Height, sample.Width, fraction);
        return CropCentre(sample, side, side);
    }

    /// <summary>Side of the square that <see cref="CropCentre(Sample, double)"/> cuts out, at least 1.</summary>
    public static int CropSide(int height, int width, double fraction) => Math.Max(1, (int)(fraction * Math.Min(height, width)));

    /// <summary>The centred rectangle, its start rounded down.</summary>
    /// <exception cref="InputException">The scene is smaller than the rectangle.</exception>
    public static Sample CropCentre(Sample sample, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return height <= sample.Height && width <= sample.Width
            ? Crop(sample, (sample.Height - height) / 2, (sample.Width - width) / 2, height, width)
            : throw new InputException($"scene {sample.Index}: the image has {sample.Height} x {sample.Width} pixels, less than the crop of {height} x {width}; crop less or resize first.");
    }

    /// <summary>Cuts out a rectangle, which must lie inside the image.</summary>
    public static Sample Crop(Sample sample, int top, int left, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, sample.Height - top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, sample.Width - left);
        return sample with
        {
            Height = height,
            Width = width,
            Image = Cut<float>(sample.Image, sample.Channels),
            Labels = sample.Labels is null ? null : Cut<byte>(sample.Labels, 1),
        };

        T[] Cut<T>(ReadOnlySpan<T> planes, int channels)
        {
            var result = new T[channels * height * width];
            for (var row = 0; row < channels * height; row++)
            {
                var source = ((row / height * sample.Height) + top + (row % height)) * sample.Width;
                planes.Slice(source + left, width).CopyTo(result.AsSpan(row * width));
            }

            return result;
        }
    }

    /// <summary>Upside down: the flag <c>flip</c> always flips the height axis.</summary>
    public static Sample FlipRows(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return sample with
        {
            Image = Flip<float>(sample.Image, sample.Channels),
            Labels = sample.Labels is null ? null : Flip<byte>(sample.Labels, 1),
        };

        T[] Flip<T>(ReadOnlySpan<T> planes, int channels)
        {
            var result = new T[planes.Length];
            for (var row = 0; row < channels * sample.Height; row++)
            {
                var source = (row / sample.Height * sample.Height) + sample.Height - 1 - (row % sample.Height);
                planes.Slice(source * sample.Width, sample.Width).CopyTo(result.AsSpan(row * sample.Width));
            }

            return result;
        }
    }

    /// <summary>
    /// The bounding box of the first object whose box has at least two rows and two columns; label 1 marks that object. Where there is none, the
    /// whole image, and label 1 marks the background.
    /// </summary>
    /// <exception cref="InputException">The scene has no masks.</exception>
    public static Sample CropToObject(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var labels = RequireLabels(sample, "obj");
        for (var label = 1; label <= LabelMap.Maximum(labels); label++)
        {
            var (top, left, bottom, right) = (sample.Height, sample.Width, -1, -1);
            for (var pixel = 0; pixel < labels.Length; pixel++)
            {
                if (labels[pixel] == label)
                {
                    var (row, column) = (pixel / sample.Width, pixel % sample.Width);
                    (top, bottom) = (Math.Min(top, row), row);
                    (left, right) = (Math.Min(left, column), Math.Max(right, column));
                }
            }

            if (bottom > top && right > left)
            {
                return MarkOnly(Crop(sample, top, left, bottom - top + 1, right - left + 1), label);
            }
        }

        return MarkOnly(sample, 0);
    }

    /// <summary>Brings the scene to <paramref name="height"/> × <paramref name="width"/>; one that has this size stays as it is.</summary>
    public static Sample Resize(Sample sample, int height, int width, Resampling resampling)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.Height == height && sample.Width == width)
        {
            return sample;
        }

        var (image, labels) = (sample.Image, sample.Labels);
        if (resampling == Resampling.Torch)
        {
            image = TorchBilinear.Resize(image, sample.Channels, sample.Height, sample.Width, height, width);
            labels = labels is null ? null : Nearest.Torch(labels, sample.Height, sample.Width, height, width);
        }
        else
        {
            var pixels = PixelValues.ToPixels(image, sample.Channels);
            var resized = PillowBilinear.Resize(pixels, sample.Channels, sample.Height, sample.Width, height, width);
            image = PixelValues.ToPlanes(resized, sample.Channels, sample.Channels);
            labels = labels is null ? null : Nearest.Pillow(labels, sample.Height, sample.Width, height, width);
        }

        return sample with { Height = height, Width = width, Image = image, Labels = labels };
    }

    /// <summary>Objects after the first <paramref name="count"/> become background, in the masks; their pixels remain until the background is replaced.</summary>
    /// <exception cref="InputException">The scene has no masks.</exception>
    public static Sample KeepObjects(Sample sample, int count)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var labels = RequireLabels(sample, $"max{count}");
        return sample with
        {
            Labels = Array.ConvertAll(labels, label => label > count ? (byte)0 : label),
            Visible = sample.Visible is null ? null : [.. sample.Visible.Select((visible, label) => visible && label <= count)],
        };
    }

    internal static byte[] RequireLabels(Sample sample, string flag) =>
        sample.Labels ?? throw new InputException($"the flag {flag} needs masks, but the data set has none.");

    private static Sample MarkOnly(Sample sample, int label) => sample with
    {
        Labels = Array.ConvertAll(sample.Labels!, one => one == label ? (byte)1 : (byte)0),
        Visible = [false, true],
        Metadata = label > 0 && sample.Metadata is { } metadata && label <= metadata.Objects.Count ? metadata with { Objects = [metadata.Objects[label - 1]] } : null,
    };
}
