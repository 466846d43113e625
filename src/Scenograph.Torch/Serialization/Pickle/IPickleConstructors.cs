namespace Scenograph.Torch.Serialization.Pickle;

/// <summary>The few classes and functions whose results are made as data; everything else stays inert.</summary>
internal interface IPickleConstructors
{
    /// <summary>What the call describes, or <c>Known</c> false where it shall become a <see cref="PickleObject"/>.</summary>
    (bool Known, object? Value) Construct(PickleGlobal constructor, PickleTuple arguments);

    /// <summary>What the pickle says lies outside of it (torch: a storage).</summary>
    object? Persistent(object? identity);
}
