namespace Scenograph.Data.Folders;

/// <summary>How picture folders are read.</summary>
public sealed record FolderOptions
{
    /// <summary>Red, green and blue (0 to 255) of the background in masks that are coloured pictures, in which every other colour is an object; null: such masks are refused, but in <c>iodine_folder</c>, where it is [64, 64, 64].</summary>
    public IReadOnlyList<int>? MaskBackground { get; init; }

    /// <summary>Whether <c>iodine_folder</c> has every picture in every part, as the original's programs have, whose scores are those of training pictures; else the pictures are divided by tenths.</summary>
    public bool SamePictures { get; init; }
}
