namespace Scenograph.Data.Transforms;

/// <summary>How an image and its label map are brought to another size.</summary>
public enum Resampling
{
    /// <summary>Image bilinear without antialiasing, labels nearest by floor(i · scale): torch's interpolate, as for CLEVR.</summary>
    Torch,

    /// <summary>Image bilinear with antialiasing on bytes, labels nearest by floor((i + ½) · scale): Pillow's resize, as for ClevrTex.</summary>
    Pillow,
}
