using Scenograph.Data.Generated;

namespace Scenograph.Data.Sources;

/// <summary><c>sprites</c>, drawn at the size that the spec asks for where that is a square.</summary>
public sealed class SpriteSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "sprites";

    /// <inheritdoc/>
    public string Summary => "flat coloured shapes that may overlap; generated";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = new ImageShape(3, 64, 64);
        return variant is null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        request.RequireNoVariant();
        var options = request.Options.Sprites;
        if (request.Size is { } size && size.Height == size.Width)
        {
            options = options with { Size = size.Height };
        }

        return new Sprites(options, request.Split, request.GeneratedCount, request.Options.Seed);
    }
}
