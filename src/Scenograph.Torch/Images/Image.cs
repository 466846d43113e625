namespace Scenograph.Torch.Images;

/// <summary>A picture in host memory, 8 bits a channel.</summary>
public sealed class Image
{
    /// <param name="width">Columns, 1 to 65,535.</param>
    /// <param name="height">Rows, 1 to 65,535.</param>
    /// <param name="channels">1 (grey or indices), 3 (RGB) or 4 (RGB and straight alpha).</param>
    /// <param name="pixels">[height, width, channels], row-major from the top left; kept, not copied.</param>
    /// <exception cref="ArgumentException">A value is out of its range, or the array has another length.</exception>
    public Image(int width, int height, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (width is < 1 or > 65_535 || height is < 1 or > 65_535 || channels is not (1 or 3 or 4))
        {
            throw new ArgumentException($"an image of {width} x {height} pixels and {channels} channels cannot exist; sides are 1 to 65,535 and channels 1, 3 or 4");
        }
        if (pixels.LongLength != (long)width * height * channels)
        {
            throw new ArgumentException($"an image of {width} x {height} pixels and {channels} channels has {(long)width * height * channels} values, but {pixels.LongLength} were given", nameof(pixels));
        }
        Width = width;
        Height = height;
        Channels = channels;
        Pixels = pixels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 (grey or indices), 3 (RGB) or 4 (RGB and straight alpha).</summary>
    public int Channels { get; }

    /// <summary>[Height, Width, Channels], row-major from the top left.</summary>
    public byte[] Pixels { get; }

    /// <summary>
    /// The picture with three channels: grey is repeated, alpha is dropped (not composited), as the loaders of CLEVR and ClevrTex do
    /// with their RGBA files.
    /// </summary>
    public Image ToRgb()
    {
        if (Channels == 3)
        {
            return this;
        }
        var rgb = new byte[Width * Height * 3];
        for (int source = 0, target = 0; target < rgb.Length; source += Channels, target += 3)
        {
            rgb[target] = Pixels[source];
            rgb[target + 1] = Pixels[Channels == 1 ? source : source + 1];
            rgb[target + 2] = Pixels[Channels == 1 ? source : source + 2];
        }
        return new Image(Width, Height, 3, rgb);
    }
}
