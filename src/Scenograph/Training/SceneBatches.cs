using Scenograph.Data;
using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Training;

/// <summary>Scenes in order, a batch at a time: for validation, evaluation and figures.</summary>
public static class SceneBatches
{
    /// <summary>The first scenes of a set.</summary>
    /// <param name="data">The set.</param>
    /// <param name="images">How many; 0: all.</param>
    /// <param name="batch">Scenes at a time.</param>
    public static IEnumerable<IReadOnlyList<Sample>> First(IDataSet data, int images, int batch)
    {
        var count = images == 0 ? data.Count : Math.Min(images, data.Count);
        for (var start = 0; start < count; start += batch)
        {
            var samples = new Sample[Math.Min(batch, count - start)];
            var first = start;
            Parallel.For(0, samples.Length, i => samples[i] = data.Read(first + i));
            yield return samples;
        }
    }

    /// <summary>The scenes' images as one tensor.</summary>
    /// <returns>[B, C, H, W]</returns>
    public static Tensor ToTensor(IReadOnlyList<Sample> samples, Device device)
    {
        var (channels, height, width) = (samples[0].Channels, samples[0].Height, samples[0].Width);
        return Tensor.From(ToArray(samples), [samples.Count, channels, height, width], device);
    }

    /// <summary>The scenes' images, row-major [B, C, H, W].</summary>
    public static float[] ToArray(IReadOnlyList<Sample> samples)
    {
        var size = samples[0].Image.Length;
        var pixels = new float[samples.Count * size];
        for (var i = 0; i < samples.Count; i++) samples[i].Image.CopyTo(pixels, i * size);
        return pixels;
    }
}
