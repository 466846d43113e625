using Scenograph.Data.Folders;
using Scenograph.Data.Transforms;

namespace Scenograph.Data.Sources;

/// <summary><c>clevrtex:VARIANT</c>. With <c>-crop-(128,128)</c> the items equal those of the benchmark's own reader.</summary>
public sealed class ClevrTexSource : IDataSource
{
    private static readonly string[] Variants = ["full", "pbg", "vbg", "grassbg", "camo", "outd", "test", "v1", "v2", "pbgv2", "vbgv2", "grassbgv2", "camov2", "old", "v0"];

    /// <inheritdoc/>
    public string Name => "clevrtex";

    /// <inheritdoc/>
    public string ShortName => "clt";

    /// <inheritdoc/>
    public string Summary => "ClevrTex, 240 x 320, from clevrtex_VARIANT/: full, pbg, vbg, grassbg, camo, outd";

    /// <inheritdoc/>
    public double CropFraction => ClevrTexFolder.CropFraction;

    /// <inheritdoc/>
    public Resampling Resampling => Resampling.Pillow;

    // The original's table has no entry for outd, which only its evaluator reads.
    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = variant == "v0" ? new ImageShape(3, 480, 640) : new ImageShape(3, 240, 320);
        return variant is not null and not "outd" && Variants.Contains(variant);
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        var variant = request.RequireVariant(Variants);
        var folder = request.Roots.Find($"clevrtex_{variant}")
            ?? throw request.Roots.Missing(request.Spec, $"clevrtex_{variant}/**/CLEVRTEX_{variant}_000000.png, ..._flat.png, ...json");
        return ClevrTexFolder.Open(folder, variant, request.Split);
    }
}
