using Scenograph.Data.Transforms;
using Scenograph.Torch;

namespace Scenograph.Data.Sources;

/// <summary>
/// A kind of data set that specs can name. To add one, write a class that implements this in a file of its own and add one line to
/// <see cref="DataSources.All"/>.
/// </summary>
public interface IDataSource
{
    /// <summary>As specs call it, e.g. <c>clevrtex</c>.</summary>
    string Name { get; }

    /// <summary>What it is and which variants there are, for help texts; one line.</summary>
    string Summary { get; }

    /// <summary>As names of runs call it.</summary>
    string ShortName => Name;

    /// <summary>Share of the shorter side that the flag <c>crop</c> keeps.</summary>
    double CropFraction => 1;

    /// <summary>How pictures are resized.</summary>
    Resampling Resampling => Resampling.Torch;

    /// <summary>The set itself says which objects exist; else an object is visible where its mask, cropped and resized, is not empty.</summary>
    bool DeclaresVisibility => false;

    /// <summary>Looks the shape of the set's images up without opening it.</summary>
    /// <param name="variant">What the spec has after the colon, or null.</param>
    /// <param name="shape">Null where it is known only from the files.</param>
    /// <returns>False where there is no such variant.</returns>
    bool TryGetShape(string? variant, out ImageShape? shape);

    /// <summary>Opens the set as it is on disk.</summary>
    /// <exception cref="InputException">No such variant, or the files are not there or broken.</exception>
    IDataSet Open(SourceRequest request);
}
