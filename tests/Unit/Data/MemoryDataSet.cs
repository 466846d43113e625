using Scenograph.Data;

namespace Scenograph.Tests.Unit.Data;

/// <summary>Tiny scenes of one channel whose values tell index and pixel, with label map and metadata.</summary>
internal sealed class MemoryDataSet(int count, int height = 4, int width = 6, int channels = 1) : IDataSet
{
    public string Name => "memory";

    public int Count => count;

    public int Channels => channels;

    public int Height => height;

    public int Width => width;

    public int MaskCount => 3;

    /// <summary>Called before each scene is read.</summary>
    public Action<int> OnRead { get; init; } = _ => { };

    public Sample Read(int index)
    {
        OnRead(index);
        var image = new float[channels * height * width];
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = PixelValues.ToFloat((byte)((index * 7) + i));
        }

        var labels = new byte[height * width];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = (byte)((index + i) % 3);
        }

        return new Sample
        {
            Index = index,
            Channels = channels,
            Height = height,
            Width = width,
            Image = image,
            Labels = labels,
            Visible = [true, true, true],
            Metadata = new SceneMetadata("wood", [One("cube"), One("cone")]),
        };

        static ObjectMetadata One(string shape) => new(new Dictionary<string, string> { ["shape"] = shape });
    }
}
