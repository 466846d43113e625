using Scenograph.Data;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data;

/// <summary>Sets of single pictures with classes; EMNIST's files are made here in its format, since the real ones are not at hand.</summary>
public sealed class LabelledImagesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private IDataSet Open(string spec, Split split = Split.Train, DataSetOptions? options = null) => DataSets.Open(spec, split, new DataRoots([folder.Path]), options);

    private void WriteMnist()
    {
        using var files = new TemporaryFolder();
        DigitFiles.Write(files);
        Directory.CreateDirectory(folder["mnist"]);
        foreach (var file in Directory.EnumerateFiles(files.Path)) File.Copy(file, Path.Combine(folder["mnist"], Path.GetFileName(file)));
    }

    private void WriteLetters(byte[] labels)
    {
        var pixels = new byte[labels.Length * 784];
        for (var i = 0; i < labels.Length; i++) pixels[(i * 784) + (3 * 28) + 9] = 255; // upright: row 9, column 3
        Directory.CreateDirectory(folder["emnist"]);
        folder.Write("emnist/emnist-letters-train-images-idx3-ubyte.gz", DigitFiles.Zip(DigitFiles.Idx(pixels, labels.Length, 28, 28)));
        folder.Write("emnist/emnist-letters-train-labels-idx1-ubyte.gz", DigitFiles.Zip(DigitFiles.Idx(labels, labels.Length)));
    }

    [Fact]
    public void Full_mnist_has_every_picture_with_its_class()
    {
        WriteMnist();

        var set = Open("full_mnist");

        Assert.Equal(DigitFiles.TrainCount, set.Count);
        Assert.Equal(10, set.Classes.Count);
        Assert.Equal("7", set.Read(17).Metadata!.Objects.Single().Attributes["class"]);
        Assert.Equal(DigitFiles.TestCount, Open("full_mnist", Split.Test).Count);
        Assert.Equal(DigitFiles.TrainCount, Open("full_mnist:train", Split.Test).Count);
    }

    [Fact]
    public void Simplified_mnist_has_2_6_and_9_one_after_another()
    {
        WriteMnist();

        var set = Open("simplified_mnist");

        Assert.Equal(["2", "6", "9"], set.Classes);
        Assert.Equal(120, set.Count);
        Assert.Equal(["2", "6", "9"], new[] { 39, 40, 119 }.Select(i => set.Read(i).Metadata!.Objects[0].Attributes["class"]));
    }

    [Theory]
    [InlineData(false, 9, 3)]
    [InlineData(true, 3, 9)]
    public void Letters_are_upright_unless_they_are_wanted_as_stored(bool asStored, int row, int column)
    {
        WriteLetters([1, 26]);

        var set = Open("letters", options: new() { LettersAsStored = asStored });

        Assert.Equal(1, set.Read(0).Image[(row * 28) + column]);
        Assert.Equal(["a", "z"], new[] { 0, 1 }.Select(i => set.Read(i).Metadata!.Objects[0].Attributes["class"]));
        Assert.Equal(26, set.Classes.Count);
    }

    [Fact]
    public void A_label_that_is_no_letter_is_refused()
    {
        WriteLetters([1, 27]);

        var refusal = Assert.Throws<InputException>(() => Open("letters"));

        Assert.Contains("label 2 is 27, but letters has the labels 1 to 26", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_are_named()
    {
        Assert.Contains("emnist-letters-train-images-idx3-ubyte", Assert.Throws<InputException>(() => Open("letters")).Message, StringComparison.Ordinal);
        Assert.Contains("train-images-idx3-ubyte", Assert.Throws<InputException>(() => Open("full_mnist")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fashion_mnist_is_read_from_a_folder()
    {
        using var files = new TemporaryFolder();
        DigitFiles.Write(files);
        Directory.CreateDirectory(folder["fashion-mnist"]);
        foreach (var file in Directory.EnumerateFiles(files.Path)) File.Copy(file, Path.Combine(folder["fashion-mnist"], Path.GetFileName(file)));

        var set = Open("fashion_mnist");

        Assert.Equal("sneaker", set.Read(7).Metadata!.Objects[0].Attributes["class"]);
    }

    [Fact]
    public void A_variant_that_does_not_exist_is_refused() => Assert.Contains("full_mnist:train", Assert.Throws<InputException>(() => Open("full_mnist:half")).Message, StringComparison.Ordinal);
}
