using Scenograph.Data;
using Scenograph.Data.Formats;
using Scenograph.Data.Generated;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.Generated;

public sealed class MultiMnistTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public MultiMnistTests() => DigitFiles.Write(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Rgb_digits_are_one_red_one_green_and_one_blue()
    {
        var seen = new HashSet<string>();
        foreach (var scene in Scenes(MultiMnistVariant.RgbOccluded, 200))
        {
            var colors = scene.Metadata!.Objects.Select(one => one.Attributes["color"]).ToArray();
            Assert.Equal(["blue", "green", "red"], colors.Order());
            seen.Add(string.Join(' ', colors));
        }

        Assert.Equal(6, seen.Count);
    }

    [Fact]
    public void Rgb_masks_are_exactly_where_their_colour_is()
    {
        foreach (var scene in Scenes(MultiMnistVariant.RgbOccluded, 100))
        {
            for (var pixel = 0; pixel < scene.Labels!.Length; pixel++)
            {
                var label = scene.Labels[pixel];
                for (var channel = 0; channel < 3; channel++)
                {
                    var shines = label > 0 && scene.Metadata!.Objects[label - 1].Attributes["color"] == new[] { "red", "green", "blue" }[channel];
                    Assert.Equal(shines ? 200 / 255f : 0, scene.Image[(channel * 4096) + pixel]);
                }
            }
        }
    }

    [Fact]
    public void A_later_digit_hides_an_earlier_one()
    {
        var overlapping = 0;
        foreach (var scene in Scenes(MultiMnistVariant.RgbOccluded, 300))
        {
            for (var label = 1; label <= 3; label++)
            {
                var visible = scene.Labels!.Count(one => one == label);
                // A test digit has 16 x 12 pixels of ink; the last one drawn is never covered.
                Assert.True(label == 3 ? visible == 192 : visible <= 192);
                overlapping += visible < 192 ? 1 : 0;
            }
        }

        Assert.True(overlapping > 30);
    }

    [Fact]
    public void Triplets_have_one_class() =>
        Assert.All(Scenes(MultiMnistVariant.Triplet, 200), scene => Assert.Single(Classes(scene).Distinct()));

    [Fact]
    public void Every_class_is_a_triplet_about_equally_often()
    {
        var counts = Scenes(MultiMnistVariant.Triplet, 2000).CountBy(scene => Classes(scene).First()).Select(pair => pair.Value).ToArray();

        Assert.Equal(10, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 120, 290));
    }

    [Fact]
    public void Independent_digits_are_uniform_over_the_batch()
    {
        var counts = Scenes(MultiMnistVariant.Uniform, 2000).SelectMany(Classes).CountBy(one => one).Select(pair => pair.Value).ToArray();

        Assert.Equal(10, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 480, 720));
    }

    [Fact]
    public void Grey_digits_are_summed_and_clipped()
    {
        var scenes = Scenes(MultiMnistVariant.Uniform, 100).ToArray();

        Assert.All(scenes, scene => Assert.Equal(1, scene.Channels));
        Assert.Equal([0, 200 / 255f, 1], scenes.SelectMany(scene => scene.Image).Distinct().Order());
    }

    [Fact]
    public void Boxes_hold_the_visible_parts_of_their_digits()
    {
        foreach (var scene in Scenes(MultiMnistVariant.RgbOccluded, 50))
        {
            Assert.All(scene.Labels!.Index().Where(one => one.Item > 0), one =>
            {
                var box = scene.Metadata!.Objects[one.Item - 1].Attributes;
                Assert.InRange(one.Index % 64, Number(box["x"]), Number(box["x"]) + Number(box["width"]) - 1);
                Assert.InRange(one.Index / 64, Number(box["y"]), Number(box["y"]) + Number(box["height"]) - 1);
            });
        }

        static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_same_seed_split_and_index_compose_the_same_scene()
    {
        var again = Open(new MultiMnistOptions { Variant = MultiMnistVariant.RgbOccluded }, Split.Train, 1000).Read(150);

        Assert.Equal(Scenes(MultiMnistVariant.RgbOccluded, 151).Last().Image, again.Image);
    }

    [Fact]
    public void Half_size_keeps_the_scene_and_its_masks_together()
    {
        var options = new MultiMnistOptions { Variant = MultiMnistVariant.RgbOccluded, OutputSize = 32 };
        var scene = Open(options, Split.Train, 10).Read(4);

        Assert.Equal((32, 32, 3 * 1024, 1024), (scene.Height, scene.Width, scene.Image.Length, scene.Labels!.Length));
        Assert.All(scene.Labels.Index().Where(one => one.Item > 0), one =>
            Assert.True(Enumerable.Range(0, 3).Max(channel => scene.Image[(channel * 1024) + one.Index]) >= 0.19));
    }

    [Fact]
    public void Digits_of_another_size_fit_the_canvas()
    {
        var scene = Open(new MultiMnistOptions { DigitSize = 20, Size = 32 }, Split.Test, 5).Read(4);

        Assert.Equal(1024, scene.Image.Length);
        Assert.Equal([true, true, true, true], scene.Visible!.Select((visible, i) => visible || i == 1 || i == 2));
    }

    [Fact]
    public void Cifar_backgrounds_shine_where_no_digit_is()
    {
        var batch = new byte[30_730_000];
        Array.Fill(batch, (byte)90);
        for (var i = 1; i <= 5; i++)
        {
            folder.Write($"cifar/data_batch_{i}.bin", batch);
        }

        var set = new MultiMnist(new MultiMnistOptions { Variant = MultiMnistVariant.RgbOccludedCifar10 }, Split.Train, folder.Path, 5, folder.File("cifar"));
        var scene = set.Read(0);

        Assert.All(scene.Labels!.Index().Where(one => one.Item == 0), one => Assert.Equal(90 / 255f, scene.Image[one.Index]));
    }

    [Fact]
    public void The_cifar_variant_says_which_files_it_lacks()
    {
        var options = new MultiMnistOptions { Variant = MultiMnistVariant.RgbOccludedCifar10 };

        Assert.Contains("data_batch_1.bin", Assert.Throws<InputException>(() => Open(options, Split.Train, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_digits_names_the_missing_file()
    {
        var exception = Assert.Throws<InputException>(() => new MultiMnist(new MultiMnistOptions(), Split.Train, folder.File("nowhere")));

        Assert.Contains("train-images-idx3-ubyte", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_and_labels_of_different_counts_are_refused()
    {
        folder.Write("train-labels-idx1-ubyte", DigitFiles.Idx(new byte[7], 7));

        Assert.Contains("7 labels", Assert.Throws<InputException>(() => MnistFiles.Read(folder.Path, test: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_digits_can_be_read()
    {
        if (SharedData.Find("mnist") is { } mnist)
        {
            var digits = MnistFiles.Read(mnist, test: true);

            Assert.Equal((10_000, 28, 28), (digits.Count, digits.Height, digits.Width));
            Assert.Equal(7, digits.Classes[0]);
            Assert.Equal("2646AC647AD5339DBF082846283269EA", Md5([.. DigitFiles.Idx(digits.Pixels, 10_000, 28, 28)]));
        }

        [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The published checksums are MD5.")]
        static string Md5(byte[] bytes) => Convert.ToHexString(System.Security.Cryptography.MD5.HashData(bytes));
    }

    private static IEnumerable<string> Classes(Sample scene) => scene.Metadata!.Objects.Select(one => one.Attributes["class"]);

    private MultiMnist Open(MultiMnistOptions options, Split split, int count) => new(options, split, folder.Path, count);

    private IEnumerable<Sample> Scenes(MultiMnistVariant variant, int count)
    {
        var set = Open(new MultiMnistOptions { Variant = variant }, Split.Train, count);
        return Enumerable.Range(0, count).Select(set.Read);
    }
}
