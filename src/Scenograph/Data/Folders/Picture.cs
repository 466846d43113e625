namespace Scenograph.Data.Folders;

/// <summary>One scene of a folder: where its parts lie.</summary>
/// <param name="Index">The scene's number.</param>
/// <param name="Path">PNG or JPEG.</param>
/// <param name="MaskPath">A file that <see cref="MaskFile"/> reads, or null.</param>
/// <param name="Visible">Whether object k exists, index 0 the background; null: where its mask is not empty.</param>
/// <param name="ReadMetadata">Reads what is known of the objects; null where nothing is.</param>
public sealed record Picture(int Index, string Path, string? MaskPath, bool[]? Visible, Func<SceneMetadata>? ReadMetadata);
