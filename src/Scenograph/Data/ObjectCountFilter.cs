using Scenograph.Torch;

namespace Scenograph.Data;

/// <summary>Chooses scenes by their number of objects.</summary>
internal static class ObjectCountFilter
{
    /// <summary>The scenes of a set that <see cref="DataSetOptions.MinimumObjects"/> and its neighbours ask for; the set itself where they ask for nothing.</summary>
    /// <param name="set">The set.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="spec">What the user calls the set.</param>
    /// <exception cref="InputException">The set does not say what its scenes have, no scene is left, or the options contradict each other.</exception>
    public static IDataSet Apply(IDataSet set, DataSetOptions options, string spec)
    {
        if (options is { MinimumObjects: null, MaximumObjects: null, IodineObjectFilter: false })
        {
            return set;
        }

        var (least, most) = (options.MinimumObjects ?? 0, options.MaximumObjects ?? int.MaxValue);
        if (least < 0 || most < least)
        {
            throw new InputException($"data.options: {least} to {most} objects were asked for; the least number is 0 or more and at most the greatest.");
        }

        if (options.IodineObjectFilter && options.MaximumObjects is null)
        {
            throw new InputException("data.options.iodine_object_filter needs data.options.maximum_objects.");
        }

        if (IDeclaresObjects.Of(set) is not { } scenes)
        {
            throw new InputException($"{spec}: the set does not say how many objects a scene has, so minimum_objects and maximum_objects cannot choose; generated sets have options of their own, e.g. sprites.maximum_objects.");
        }

        var kept = Choose(scenes, set.Count, visible => options.IodineObjectFilter
            ? visible.Count(one => one) == most
            : visible.Skip(scenes.Backgrounds).Count(one => one) is var objects && objects >= least && objects <= most);
        return kept.Length > 0
            ? new Subset(set, kept)
            : throw new InputException($"{spec}: none of its {set.Count:N0} scenes has {(options.IodineObjectFilter ? $"{most} visible entities, the background counted" : $"{least} to {most} objects")}.");
    }

    /// <summary>Positions of the scenes whose entities satisfy a condition.</summary>
    /// <exception cref="InputException">A scene cannot be read.</exception>
    public static int[] Choose(IDeclaresObjects scenes, int count, Func<bool[], bool> condition)
    {
        try
        {
            return [.. Enumerable.Range(0, count).AsParallel().AsOrdered().Where(index => condition(scenes.VisibleAt(index)))];
        }
        catch (AggregateException exception) when (exception.InnerExceptions[0] is InputException first)
        {
            throw new InputException(first.Message, exception);
        }
    }
}
