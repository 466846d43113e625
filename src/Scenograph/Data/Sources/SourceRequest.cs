using Scenograph.Torch;

namespace Scenograph.Data.Sources;

/// <summary>What a source is asked to open.</summary>
/// <param name="Source">Name in the spec.</param>
/// <param name="Variant">What the spec has after the colon, or null.</param>
/// <param name="Split">Which part.</param>
/// <param name="Roots">Where to look.</param>
/// <param name="Options">What the spec does not say.</param>
/// <param name="Size">Rows and columns that the images will be resized to, uncropped; generators may draw at that size at once.</param>
public sealed record SourceRequest(string Source, string? Variant, Split Split, DataRoots Roots, DataSetOptions Options, (int Height, int Width)? Size)
{
    /// <summary>As the spec has it.</summary>
    public string Spec => Variant is null ? Source : $"{Source}:{Variant}";

    /// <summary>The variant, which must be one of those given.</summary>
    /// <exception cref="InputException">Another or none.</exception>
    public string RequireVariant(params ReadOnlySpan<string> variants) =>
        Variant is not null && variants.Contains(Variant)
            ? Variant
            : throw new InputException($"{Spec}: {(Variant is null ? "a variant is missing" : "there is no such variant")}; there is {string.Join(", ", variants.ToArray().Select(one => $"{Source}:{one}"))}.");

    /// <exception cref="InputException">The spec names a variant.</exception>
    public void RequireNoVariant()
    {
        if (Variant is not null)
        {
            throw new InputException($"{Spec}: {Source} has no variants; write {Source}.");
        }
    }

    /// <summary>The folder that the variant names: a path of its own, or a folder under a data root.</summary>
    /// <param name="expected">What it should hold, for the message.</param>
    /// <exception cref="InputException">There is none.</exception>
    public string RequireFolder(string expected)
    {
        if (string.IsNullOrEmpty(Variant))
        {
            throw new InputException($"{Source}: the folder is missing; write {Source}:NAME for a folder under a data root, or {Source}:[PATH].");
        }

        return Roots.Find(Variant) ?? (Directory.Exists(Variant) ? Variant : throw Roots.Missing(Spec, $"the folder {Variant} ({expected}), here or"));
    }

    /// <summary>Scenes of the part that will be read at most, from the first on; null where all may be, for instance to choose among them.</summary>
    public int? LargestCount => Options is { MinimumObjects: null, MaximumObjects: null, IodineObjectFilter: false } ? Options.Count : null;

    /// <summary>The file that the variant names: a path of its own, or one under a data root.</summary>
    /// <param name="expected">What it should hold, for the message.</param>
    /// <exception cref="InputException">There is none.</exception>
    public string RequireFile(string expected)
    {
        if (string.IsNullOrEmpty(Variant))
        {
            throw new InputException($"{Source}: the file is missing; write {Source}:NAME for a file under a data root, or {Source}:[PATH].");
        }

        return Roots.FindFile(Variant) ?? (File.Exists(Variant) ? Variant : throw Roots.Missing(Spec, $"the file {Variant} ({expected}), here or"));
    }

    /// <summary>Number of scenes of a generated set.</summary>
    public int GeneratedCount => Options.Count ?? Split switch { Split.Train => 60_000, Split.Validation => 1_000, _ => 320 };
}
