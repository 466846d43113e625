namespace Scenograph.Data;

/// <summary>Between bytes 0..255 in rows of pixels [H, W, C], as files hold them, and values [0, 1] in planes [C, H, W], as models take them.</summary>
public static class PixelValues
{
    private static readonly float[] Values = MakeValues();

    /// <summary>value / 255, the same float for the same byte everywhere.</summary>
    public static float ToFloat(byte value) => Values[value];

    /// <summary>round(255 · value), clamped to 0..255; the inverse of <see cref="ToFloat"/>.</summary>
    public static byte ToByte(float value) => (byte)Math.Clamp((int)MathF.Round(value * 255f), 0, 255);

    /// <param name="pixels">[H, W, <paramref name="sourceChannels"/>]</param>
    /// <param name="sourceChannels">Channels of a pixel in <paramref name="pixels"/>, at least <paramref name="channels"/>.</param>
    /// <param name="channels">Channels to take, from the first on.</param>
    /// <returns>[<paramref name="channels"/>, H, W]</returns>
    public static float[] ToPlanes(ReadOnlySpan<byte> pixels, int sourceChannels, int channels)
    {
        var area = pixels.Length / sourceChannels;
        var planes = new float[area * channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var plane = planes.AsSpan(channel * area, area);
            for (int i = 0, source = channel; i < plane.Length; i++, source += sourceChannels)
            {
                plane[i] = Values[pixels[source]];
            }
        }

        return planes;
    }

    /// <param name="planes">[C, H, W], values in [0, 1].</param>
    /// <param name="channels">C</param>
    /// <returns>[H, W, C]</returns>
    public static byte[] ToPixels(ReadOnlySpan<float> planes, int channels)
    {
        var area = planes.Length / channels;
        var pixels = new byte[planes.Length];
        for (var channel = 0; channel < channels; channel++)
        {
            var plane = planes.Slice(channel * area, area);
            for (int i = 0, target = channel; i < plane.Length; i++, target += channels)
            {
                pixels[target] = ToByte(plane[i]);
            }
        }

        return pixels;
    }

    private static float[] MakeValues()
    {
        var values = new float[256];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i / 255f;
        }

        return values;
    }
}
