using Scenograph.Data.Sources;
using Scenograph.Data.Specs;
using Scenograph.Data.Transforms;
using Scenograph.Torch;

namespace Scenograph.Data;

/// <summary>Opens what a data spec names.</summary>
public static class DataSets
{
    /// <summary>Opens a spec; its text may stand in place of it.</summary>
    /// <inheritdoc cref="Open(DataSpec, Split, DataRoots, DataSetOptions)"/>
    public static IDataSet Open(string spec, Split split, DataRoots? roots = null, DataSetOptions? options = null) =>
        Open(DataSpec.Parse(spec), split, roots, options);

    /// <summary>Opens one part of the data sets that the spec names; each scene read from it has passed through what the spec says, in this order: crop, flip, object, size, number of objects, colours.</summary>
    /// <param name="spec">What to open.</param>
    /// <param name="split">Which part.</param>
    /// <param name="roots">Where to look; null for <see cref="DataRoots.Default"/>.</param>
    /// <param name="options">What the spec does not say.</param>
    /// <exception cref="InputException">There is no such set or variant, or its files are not on this disk or broken.</exception>
    public static IDataSet Open(DataSpec spec, Split split, DataRoots? roots = null, DataSetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        roots ??= DataRoots.Default();
        options ??= new DataSetOptions();
        if (options.Count < 1)
        {
            throw new InputException($"{options.Count} scenes were asked for, but a data set has at least 1.");
        }

        TransformedDataSet[] parts = [.. spec.Items.Select(item => OpenItem(item, spec, split, roots, options))];
        IDataSet set = parts.Length == 1 ? parts[0] : new ConcatenatedDataSet(parts);
        return spec.Recoloring.IsIdentity ? set : new RecoloredDataSet(set, spec.Recoloring);
    }

    private static TransformedDataSet OpenItem(DataSpecItem item, DataSpec spec, Split split, DataRoots roots, DataSetOptions options)
    {
        var source = DataSources.Find(item.Name) ?? throw new InputException(DataSpec.UnknownSource(item.Name));
        var steps = spec.StepsFor(source);
        var uncropped = spec.Crop || spec.OnlyObject ? null : spec.Size;
        var set = source.Open(new SourceRequest(item.Name, item.Variant, split, roots, options, uncropped));
        set = ObjectCountFilter.Apply(set, options, item.ToString());
        set = options.Count < set.Count ? new Subset(set, 0, options.Count.Value) : set;
        // Even without steps: all scenes must have one size.
        return new TransformedDataSet(set, steps);
    }
}
