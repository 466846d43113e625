using System.Globalization;
using Scenograph.Data.Generated;
using Scenograph.Torch;

namespace Scenograph.Data.Sources;

/// <summary>
/// <c>sprites</c>, drawn at the size that the spec asks for where that is a square; <c>sprites:VARIANT</c>, as the published variant of
/// multi-dSprites, see <see cref="SpritePresets"/>; <c>sprites:VARIANT:6:8</c>, the same with six to eight objects.
/// </summary>
public sealed class SpriteSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "sprites";

    /// <inheritdoc/>
    public string Summary => "flat coloured shapes that may overlap; as multi-dSprites has them with colored_on_colored, colored_on_grayscale, binarized; generated";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        var preset = Preset(variant);
        shape = new ImageShape(preset?.Grey == true ? 1 : 3, 64, 64);
        return variant is null || preset is not null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var options = request.Options.Sprites;
        if (request.Variant is { } variant)
        {
            var names = string.Join(", ", SpritePresets.MultiDsprites.Keys.Select(name => $"sprites:{name}"));
            options = Preset(variant) ?? throw new InputException($"{request.Spec}: there is no such variant; there is {names}, each also with a least and a greatest number of objects, as in sprites:binarized:2:6.");
        }

        if (request.Size is { } size && size.Height == size.Width)
        {
            options = options with { Size = size.Height };
        }

        return new Sprites(options, request.Split, request.GeneratedCount, request.Options.Seed);
    }

    private static SpriteOptions? Preset(string? variant)
    {
        var parts = variant?.Split(':') ?? [];
        if (parts.Length is not (1 or 3) || !SpritePresets.MultiDsprites.TryGetValue(parts[0], out var preset))
        {
            return null;
        }

        return parts.Length == 1 ? preset
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var least) && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                ? preset with { MinimumObjects = least, MaximumObjects = most }
                : null;
    }
}
