using System.Text;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.Folders;

/// <summary>Pascal VOC's segmentation part: JPEG pictures and palette PNGs of 20 classes; label 255 (void) becomes background.</summary>
public static class PascalFolder
{
    private const byte Void = 255;
    private const int MaskCount = 11;

    /// <param name="folder">Holds ImageSets/, JPEGImages/ and SegmentationClass/.</param>
    /// <param name="split">Named by ImageSets/Segmentation/SPLIT.txt.</param>
    /// <returns>Classes of each picture renumbered 1.. in the order of their codes, at most ten; further ones become background.</returns>
    /// <exception cref="InputException">The split's list or a file of it is missing.</exception>
    public static IDataSet Open(string folder, Split split)
    {
        var list = Path.Combine(folder, "ImageSets", "Segmentation", SplitNames.Of(split) + ".txt");
        var names = Encoding.UTF8.GetString(InputFile.ReadAllBytes(list)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var pictures = names.Select((name, index) => new Picture(
            index, Path.Combine(folder, "JPEGImages", name + ".jpg"), Path.Combine(folder, "SegmentationClass", name + ".png"), null, null));
        return new Renumbered(new PictureSet("pascal", [.. pictures], maskCount: 256) { MixedSizes = true });
    }

    private sealed class Renumbered(PictureSet all) : IDataSet
    {
        public string Name => all.Name;

        public int Count => all.Count;

        public int Channels => all.Channels;

        public int Height => all.Height;

        public int Width => all.Width;

        public int MaskCount => PascalFolder.MaskCount;

        public Sample Read(int index)
        {
            var sample = all.Read(index);
            var codes = new byte[256];
            byte next = 1;
            foreach (var code in sample.Labels!.Where(code => code is not (0 or Void)).Distinct().Order().Take(MaskCount - 1))
            {
                codes[code] = next++;
            }

            var labels = Array.ConvertAll(sample.Labels!, code => codes[code]);
            return sample with { Labels = labels, Visible = LabelMap.Present(labels, MaskCount) };
        }
    }
}
