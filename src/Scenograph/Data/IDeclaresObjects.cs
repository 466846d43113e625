namespace Scenograph.Data;

/// <summary>A set that says which objects a scene has without its image being read, so that scenes can be chosen by their number.</summary>
internal interface IDeclaresObjects
{
    /// <summary>Entities, from the first on, that are no objects.</summary>
    int Backgrounds { get; }

    /// <summary>Which entities scene <paramref name="index"/> has, backgrounds first.</summary>
    bool[] VisibleAt(int index);

    /// <summary>The set as one that declares its objects; null where it does not.</summary>
    static IDeclaresObjects? Of(IDataSet set) => set is Subset part && Of(part.Whole) is null ? null : set as IDeclaresObjects;
}
