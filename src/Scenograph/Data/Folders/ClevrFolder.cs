using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>
/// The layout of CLEVR v1.0: <c>images/SPLIT/CLEVR_SPLIT_NNNNNN.png</c> and <c>scenes/CLEVR_SPLIT_scenes.json</c>, with masks, where there
/// are any, as <c>masks/SPLIT/</c> files of the same names. A split without a scene file (CLEVR's own test) is its pictures alone.
/// </summary>
public static class ClevrFolder
{
    private const int MostObjects = 10;

    /// <param name="root">Holds <c>images/</c>.</param>
    /// <param name="split">Which sub-folder.</param>
    /// <exception cref="InputException">The split, a picture, a mask or the scene file is missing or broken.</exception>
    public static PictureSet Open(string root, Split split)
    {
        var splitName = SplitNames.Of(split);
        var imageFolder = Path.Combine(root, "images", splitName);
        if (!Directory.Exists(imageFolder))
        {
            throw new InputException($"{root}: there is no split {splitName} (images/{splitName}/CLEVR_{splitName}_000000.png ...); {Splits(root)}.");
        }

        var maskFolder = Path.Combine(root, "masks", splitName);
        var masks = PictureFiles.MaskNames(maskFolder);
        var sceneFile = Path.Combine(root, "scenes", $"CLEVR_{splitName}_scenes.json");
        var files = PictureFiles.In(imageFolder);
        string? MaskOf(string picture) => masks is null ? null : PictureFiles.MaskOf(picture, maskFolder, masks);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        if (!File.Exists(sceneFile))
        {
            return new PictureSet(name, [.. files.Select((path, index) => new Picture(index, path, MaskOf(path), null, null))], maskCount: masks is null ? 0 : null);
        }

        var present = files.ToHashSet(StringComparer.Ordinal);
        var pictures = new List<Picture>();
        var most = MostObjects;
        foreach (var scene in SceneFile.Read(sceneFile).Scenes)
        {
            var path = Path.Combine(imageFolder, scene.FileName);
            if (!present.Contains(path))
            {
                throw new InputException($"{sceneFile}: it lists {scene.FileName}, but {path} is missing.");
            }

            var objects = scene.Metadata.Objects.Count;
            most = Math.Max(most, objects);
            var visible = Enumerable.Repeat(true, objects + 1).ToArray();
            pictures.Add(new Picture(scene.Index ?? pictures.Count, path, MaskOf(path), visible, () => scene.Metadata));
        }

        return new PictureSet(name, pictures, maskCount: masks is null ? 0 : most + 1);
    }

    private static string Splits(string root)
    {
        var images = Path.Combine(root, "images");
        var names = Directory.Exists(images) ? Directory.EnumerateDirectories(images).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray() : [];
        return names.Length > 0 ? $"there is {string.Join(" and ", names)}" : "there is no folder images/ with splits";
    }
}
