using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>
/// A folder of PNG and JPEG files. Pictures lie in <c>images/</c> (or in the folder itself), masks of the same names as PNG or .npy in
/// <c>masks/</c>, see <see cref="MaskFile"/>. With sub-folders <c>images/train</c>, <c>images/val</c>, <c>images/test</c> (and <c>masks/</c> alike) these are the splits;
/// without, the first tenth by name is the test part, the next the validation part, the rest is for training.
/// <c>scenes/SPLIT.json</c> (<c>scenes/all.json</c> without splits), where there is one, holds the metadata, see <see cref="SceneFile"/>.
/// </summary>
public static class ImageFolder
{
    /// <param name="root">The folder.</param>
    /// <param name="split">Null: every picture of a folder without splits.</param>
    /// <param name="mixedSizes">Hand out pictures of different sizes, for a transform to resize.</param>
    /// <param name="options">How masks are read; null for the defaults.</param>
    /// <exception cref="InputException">The folder, the split, a mask or the scene file is missing or broken.</exception>
    public static IDataSet Open(string root, Split? split, bool mixedSizes = false, FolderOptions? options = null)
    {
        var background = MaskBackground(options);
        if (!Directory.Exists(root))
        {
            throw new InputException($"{root}: there is no such folder.");
        }

        var images = Path.Combine(root, "images");
        var imageFolder = Directory.Exists(images) ? images : root;
        var splitFolders = Enum.GetValues<Split>().Where(one => Directory.Exists(Path.Combine(imageFolder, SplitNames.Of(one)))).ToArray();
        if (splitFolders.Length == 0)
        {
            var all = OpenPart(root, imageFolder, Path.Combine(root, "masks"), "all", mixedSizes, background);
            return split is { } part ? SplitRule.Tenths.Take(all, part) : all;
        }

        var names = string.Join(", ", splitFolders.Select(SplitNames.Of));
        if (split is not { } wanted)
        {
            throw new InputException($"{root}: the folder has the splits {names}; name one.");
        }

        var name = SplitNames.Of(wanted);
        return splitFolders.Contains(wanted)
            ? OpenPart(root, Path.Combine(imageFolder, name), Path.Combine(root, "masks", name), name, mixedSizes, background)
            : throw new InputException($"{root}: there is no split {name} among its splits ({names}).");
    }

    private static PictureSet OpenPart(string root, string imageFolder, string maskFolder, string part, bool mixedSizes, (byte, byte, byte)? background)
    {
        var files = PictureFiles.In(imageFolder);
        if (files.Count == 0)
        {
            throw new InputException($"{imageFolder}: there is no PNG or JPEG file.");
        }

        var masks = PictureFiles.MaskNames(maskFolder);
        var scenePath = Path.Combine(root, "scenes", $"{part}.json");
        var scenes = File.Exists(scenePath) ? SceneFile.Read(scenePath) : null;
        var listed = new Dictionary<string, ListedScene>(StringComparer.Ordinal);
        foreach (var scene in scenes?.Scenes ?? [])
        {
            if (!listed.TryAdd(scene.FileName, scene))
            {
                throw new InputException($"{scenePath}: {scene.FileName} is listed twice.");
            }
        }

        var pictures = new List<Picture>(files.Count);
        foreach (var path in files)
        {
            var scene = listed.GetValueOrDefault(Path.GetFileName(path));
            var mask = masks is null ? null : PictureFiles.MaskOf(path, maskFolder, masks);
            pictures.Add(new Picture(scene?.Index ?? pictures.Count, path, mask, scene?.Visible, scene is null ? null : () => scene.Metadata));
        }

        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        return new PictureSet(name, pictures, scenes?.Info.Channels ?? 3, masks is null ? 0 : scenes?.Info.MaskCount) { MixedSizes = mixedSizes, MaskBackground = background };
    }

    private static (byte Red, byte Green, byte Blue)? MaskBackground(FolderOptions? options) => options?.MaskBackground switch
    {
        null => null,
        [>= 0 and <= byte.MaxValue and var red, >= 0 and <= byte.MaxValue and var green, >= 0 and <= byte.MaxValue and var blue] => ((byte)red, (byte)green, (byte)blue),
        var other => throw new InputException($"data.options.folder.mask_background is [{string.Join(", ", other)}]; red, green and blue from 0 to 255 are expected."),
    };
}
