namespace Scenograph.Data.Transforms;

/// <summary>What a spec does to every scene, in this order: crop, flip, object, size, number of objects.</summary>
public sealed record TransformSteps
{
    /// <summary>Share of the shorter side that a centred square keeps, or null for no crop.</summary>
    public double? Crop { get; init; }

    /// <summary>Upside down.</summary>
    public bool Flip { get; init; }

    /// <summary>The box of the first object alone.</summary>
    public bool OnlyObject { get; init; }

    /// <summary>Rows and columns of the result, or null.</summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary>How <see cref="Size"/> is reached.</summary>
    public Resampling Resampling { get; init; }

    /// <summary>Objects whose masks are kept, or null for all.</summary>
    public int? MaximumObjects { get; init; }

    /// <summary>Keep what the set says of the objects' existence; else an object is visible where its mask is not empty in the end.</summary>
    public bool KeepVisible { get; init; }

    /// <summary>Nothing is done.</summary>
    public bool IsIdentity => Crop is null && !Flip && !OnlyObject && Size is null && MaximumObjects is null;

    /// <summary>Rows and columns that a scene of the given size gets; unknown (its own) under <see cref="OnlyObject"/> without a size.</summary>
    public (int Height, int Width) SizeFor(int height, int width)
    {
        if (Size is { } size)
        {
            return size;
        }

        if (Crop is not { } fraction)
        {
            return (height, width);
        }

        var side = SceneTransform.CropSide(height, width, fraction);
        return (side, side);
    }

    /// <summary>All steps on one scene.</summary>
    public Sample Apply(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (IsIdentity)
        {
            return sample;
        }

        var result = Crop is { } fraction ? SceneTransform.CropCentre(sample, fraction) : sample;
        result = Flip ? SceneTransform.FlipRows(result) : result;
        result = OnlyObject ? SceneTransform.CropToObject(result) : result;
        result = Size is { } size ? SceneTransform.Resize(result, size.Height, size.Width, Resampling) : result;
        if (!KeepVisible && !OnlyObject && result is { Labels: { } labels, Visible: { } visible })
        {
            result = result with { Visible = LabelMap.Present(labels, visible.Length) };
        }

        return MaximumObjects is { } most ? SceneTransform.KeepObjects(result, most) : result;
    }
}
