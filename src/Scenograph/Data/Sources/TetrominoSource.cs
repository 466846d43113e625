using Scenograph.Data.Generated;

namespace Scenograph.Data.Sources;

/// <summary><c>tetrominoes</c>: the published scenes in <c>tetrominoes/</c>, or look-alikes drawn here where there are none.</summary>
public sealed class TetrominoSource : IDataSource
{
    private static readonly MultiObjectPlace Place = new("tetrominoes", "tetrominoes_train", "tetrominoes/*.npz");

    /// <inheritdoc/>
    public string Name => "tetrominoes";

    /// <inheritdoc/>
    public string Summary => "three tetrominoes on black, 35 x 35; tetrominoes/*.tfrecords or *.npz, else generated";

    // The original declares the set without a shape.
    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return variant is null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        request.RequireNoVariant();
        return Place.IsIn(request.Roots)
            ? Place.Open(request)
            : new Tetrominoes(request.Options.Tetrominoes, request.Split, request.GeneratedCount, request.Options.Seed);
    }
}
