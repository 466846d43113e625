using Scenograph.Torch;

namespace Scenograph.Evaluation;

/// <summary>Turns soft masks into label maps.</summary>
public static class MaskLabels
{
    /// <summary>Label of each pixel: the mask with the largest value, the first of equal ones.</summary>
    /// <param name="masks">[K, pixels], row-major.</param>
    /// <param name="components">K, 1 to 256; at most 255 with <paramref name="addBackground"/>.</param>
    /// <param name="addBackground">
    /// The masks are of objects only: 1 − Σ_k masks, which may be negative, goes before them, and labels count from there.
    /// </param>
    /// <returns>[pixels]</returns>
    /// <exception cref="ArgumentException">K is out of range or does not divide the number of values.</exception>
    /// <exception cref="InputException">A mask holds NaN.</exception>
    public static byte[] FromMasks(ReadOnlySpan<float> masks, int components, bool addBackground = false)
    {
        if (components < 1 || components > (addBackground ? 255 : 256) || masks.Length % components != 0)
        {
            throw new ArgumentException($"{masks.Length} mask values of {components} components cannot be read as [K, pixels] with K from 1 to {(addBackground ? 255 : 256)}.", nameof(masks));
        }

        var pixels = masks.Length / components;
        var labels = new byte[pixels];
        var largest = new float[pixels];
        if (addBackground)
        {
            for (var component = 0; component < components; component++)
            {
                var mask = masks.Slice(component * pixels, pixels);
                for (var pixel = 0; pixel < pixels; pixel++)
                {
                    largest[pixel] += mask[pixel];
                }
            }

            for (var pixel = 0; pixel < pixels; pixel++)
            {
                largest[pixel] = 1 - largest[pixel];
            }
        }
        else
        {
            Array.Fill(largest, float.NegativeInfinity);
        }

        for (var component = 0; component < components; component++)
        {
            var label = (byte)(addBackground ? component + 1 : component);
            var mask = masks.Slice(component * pixels, pixels);
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                var value = mask[pixel];
                if (value > largest[pixel])
                {
                    largest[pixel] = value;
                    labels[pixel] = label;
                }
                else if (float.IsNaN(value))
                {
                    throw new InputException($"The mask of component {component} is NaN at pixel {pixel}; masks that are not numbers cannot be evaluated.");
                }
            }
        }

        return labels;
    }
}
