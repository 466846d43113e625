using System.Text;
using Scenograph.Data;
using Scenograph.Data.Formats;
using Scenograph.Tests.Golden.Harness;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>Crop, resizing and splits of CLEVR and ClevrTex, from files written as the originals have them.</summary>
public sealed class PreparationAdapter : IGoldenAdapter
{
    private const int Scenes = 10;
    private const int Masks = 11;

    /// <inheritdoc/>
    public string Model => "metrics";

    /// <inheritdoc/>
    public bool CanRun(GoldenCase goldenCase) => goldenCase.Sections.Case.StartsWith("preprocess_clevr", StringComparison.Ordinal);

    /// <inheritdoc/>
    public GoldenResult Run(GoldenCase goldenCase, GoldenPrecision precision)
    {
        var folder = Directory.CreateTempSubdirectory("scenograph-golden-");
        try
        {
            var roots = new DataRoots([folder.FullName]);
            return goldenCase.Sections.Case.StartsWith("preprocess_clevrtex", StringComparison.Ordinal) ? ClevrTex(goldenCase, roots) : Clevr(goldenCase, roots);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static GoldenResult Clevr(GoldenCase goldenCase, DataRoots roots)
    {
        var (image, mask) = (goldenCase.Input("img"), goldenCase.Input("mask"));
        var path = Path.Combine(roots.Folders[0], "clevr_with_masks", "0", "0.npz");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var oneHot = new byte[Masks * mask.Count];
        for (var pixel = 0; pixel < mask.Count; pixel++)
        {
            oneHot[((int)mask.Values[pixel] * mask.Count) + pixel] = 255;
        }

        NumpyArchive.Save(path,
        [
            new("image", NumpyArray.From<byte>(Bytes(image), image.Shape)),
            new("mask", NumpyArray.From<byte>(oneHot, Masks, mask.Shape[0], mask.Shape[1], 1)),
        ]);
        var size = goldenCase.Sections.Arrays.Single(array => array.Name == "image").Shape;
        var sample = DataSets.Open($"clevr-crop-({size[1]},{size[2]})", Split.Test, roots).Read(0);
        var result = new GoldenResult();
        result.Arrays.Add("image", HostArray.From(sample.Image, 3, sample.Height, sample.Width));
        result.Add("mask_argmax", Doubles(sample.Labels!), sample.Height, sample.Width);
        return result;
    }

    private static GoldenResult ClevrTex(GoldenCase goldenCase, DataRoots roots)
    {
        for (var scene = 0; scene < Scenes; scene++)
        {
            WriteScene(goldenCase, Path.Combine(roots.Folders[0], "clevrtex_full", "0"), scene);
        }

        var size = goldenCase.Sections.Arrays.Single(array => array.Name == "image_u8").Shape;
        IDataSet Open(Split split) => DataSets.Open($"clevrtex:full-crop-({size[1]},{size[2]})", split, roots);
        var (test, train) = (Open(Split.Test), Open(Split.Train));
        var (first, later) = (test.Read(0), train.Read(3));
        var result = new GoldenResult();
        result.Expect((1, 1, 8), (test.Count, Open(Split.Validation).Count, train.Count), "the sizes of test, val and train");
        result.Expect((0, 5), (first.Index, later.Index), "the indices of test item 0 and train item 3");
        result.Add("image_u8", Bytes(first), 3, first.Height, first.Width);
        result.Add("mask", Doubles(first.Labels!), 1, first.Height, first.Width);
        result.Add("train3_image_u8_strided", Bytes(later), 3, later.Height, later.Width);
        return result;
    }

    private static void WriteScene(GoldenCase goldenCase, string folder, int scene)
    {
        Directory.CreateDirectory(folder);
        var stem = Path.Combine(folder, $"CLEVRTEX_full_{scene:000000}");
        var (image, mask) = (goldenCase.Input("img"), goldenCase.Input("mask"));
        var (height, width) = (mask.Shape[0], mask.Shape[1]);
        ImageFile.WritePng(stem + ".png", new Image(width, height, 3, Roll(Bytes(image), height, width, 3, 7 * scene)));
        ImageFile.WritePng(stem + "_flat.png", new Image(width, height, 1, Roll(Bytes(mask), height, width, 1, 7 * scene)));
        File.WriteAllBytes(stem + ".json", Encoding.UTF8.GetBytes($$"""{"image_filename": "CLEVRTEX_full_{{scene:000000}}.png", "ground_material": "x", "objects": []}"""));
    }

    private static byte[] Roll(byte[] pixels, int height, int width, int channels, int right)
    {
        var rolled = new byte[pixels.Length];
        for (var pixel = 0; pixel < height * width; pixel++)
        {
            var target = (pixel / width * width) + (((pixel % width) + right) % width);
            pixels.AsSpan(pixel * channels, channels).CopyTo(rolled.AsSpan(target * channels));
        }

        return rolled;
    }

    private static byte[] Bytes(HostArray array) => Array.ConvertAll(array.Values, value => (byte)value);

    private static double[] Bytes(Sample sample) => Array.ConvertAll(sample.Image, value => (double)PixelValues.ToByte(value));

    private static double[] Doubles(byte[] labels) => Array.ConvertAll(labels, label => (double)label);
}
