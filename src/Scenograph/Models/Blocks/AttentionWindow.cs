using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The window of AIR's glimpses: z = (s, tx, ty) says that the point (X, Y) of the image is the point (sX + tx, sY + ty) of the window, so that
/// s = 3 is a window of a third of the image with its centre at (−tx/s, −ty/s). Eslami et al. 2016, arXiv 1603.08575.
/// </summary>
public sealed class AttentionWindow : Module
{
    private const double Epsilon = 1e-9;

    private readonly SpatialSampler toImage, toWindow;
    private readonly Dictionary<(int Height, int Width), SpatialSampler> toPatch = [];
    private readonly int height, width, windowHeight, windowWidth;

    /// <param name="height">Rows H of the image.</param>
    /// <param name="width">Columns W of the image.</param>
    /// <param name="windowHeight">Rows of the window.</param>
    /// <param name="windowWidth">Columns of the window.</param>
    public AttentionWindow(int height, int width, int windowHeight, int windowWidth)
    {
        (this.height, this.width, this.windowHeight, this.windowWidth) = (height, width, windowHeight, windowWidth);
        toImage = Child("to_image", new SpatialSampler(height, width));
        toWindow = Child("to_window", new SpatialSampler(windowHeight, windowWidth));
    }

    /// <summary>What the image shows inside the window.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="where">z, [B, 3]</param>
    /// <returns>[B, C, h, w]</returns>
    public Tensor Read(Tensor images, Tensor where)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(toWindow.Forward(images, Matrix(Inverse(where))));
    }

    /// <summary>Images with nothing but windows' contents in their places.</summary>
    /// <param name="windows">[M, C, h, w]</param>
    /// <param name="where">z, [M, 3]</param>
    /// <param name="image">Which image each window is added to, [M]; null: each to one of its own.</param>
    /// <param name="images">B, number of images; M where each window has its own.</param>
    /// <returns>[B, C, H, W]</returns>
    public Tensor Write(Tensor windows, Tensor where, Tensor? image = null, long? images = null)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(where);
        using var scope = TensorScope.Begin();
        var (count, channels) = (windows.Size(0), windows.Size(1));
        var batch = images ?? count;
        if (PatchOf(where) is not { } patch)
        {
            var written = toImage.Forward(windows, Matrix(where));
            return scope.Keep(image is null ? written : Operators.Zeros([batch, channels, height, width], windows.DType, windows.Device).IndexAdd(0, image, written));
        }
        // Everything outside a window is 0: only a patch that holds it is sampled, and added where it lies.
        if (!toPatch.TryGetValue((patch.Height, patch.Width), out var sampler)) toPatch[(patch.Height, patch.Width)] = sampler = new(patch.Height, patch.Width);
        var sampled = sampler.Forward(windows, OnPatch(where, patch));                            // [M, C, P, Q]
        var start = (image ?? Operators.Arange(0, count, dtype: DType.Int64, device: where.Device)).Mul(channels * height * width) + patch.Top.Mul((long)width) + patch.Left;
        var place = start.View([count, 1, 1, 1]) + Offsets(channels, patch, where.Device);         // [M, C, P, Q]
        var canvas = Operators.Zeros([batch * channels * height * width], windows.DType, windows.Device);
        return scope.Keep(canvas.IndexAdd(0, place.View([-1]), sampled.Reshape([-1])).View([batch, channels, height, width]));
    }

    /// <summary>Where windows lie in their images.</summary>
    /// <param name="Height">Rows that hold any of them.</param>
    /// <param name="Width">Columns.</param>
    /// <param name="Top">First row of each, whole numbers [M].</param>
    /// <param name="Left">First column of each.</param>
    private sealed record Patch(int Height, int Width, Tensor Top, Tensor Left);

    /// <summary>Null where a patch would be no smaller than the image, or where asking for its size would make an accelerator wait.</summary>
    private Patch? PatchOf(Tensor where)
    {
        if (where.Device.Type != DeviceType.Cpu || where.Count == 0) return null;
        using var _ = GradMode.Off();
        var inverse = Inverse(where.Detach());
        var half = inverse.Narrow(1, 0, 1).Abs();
        var largest = half.Max().ToDouble();
        // Bilinear reading goes half a pixel of the window beyond its edge.
        var (rows, columns) = (largest * (1 + 1.0 / windowHeight) * height + 1, largest * (1 + 1.0 / windowWidth) * width + 1);
        if (!(rows < height && columns < width)) return null;
        var (patchHeight, patchWidth) = ((int)rows, (int)columns);
        Tensor First(int axis, double margin, int size, int patch) =>
            (((inverse.Narrow(1, axis, 1) - half * margin + 1) * size - 1) * 0.5).Ceil().Clamp(0, size - patch).To(DType.Int64).Squeeze(1);
        return new(patchHeight, patchWidth, First(2, 1 + 1.0 / windowHeight, height, patchHeight), First(1, 1 + 1.0 / windowWidth, width, patchWidth));
    }

    /// <summary>θ of the image in the coordinates of a patch.</summary>
    private Tensor OnPatch(Tensor where, Patch patch)
    {
        var scale = where.Narrow(1, 0, 1);
        var zero = scale.Detach().ZerosLike();
        var (across, down) = ((double)patch.Width / width, (double)patch.Height / height);
        Tensor Shift(Tensor first, double share, int size, int axis) =>
            scale * (first.To(where.DType).Unsqueeze(1) * (2.0 / size) + (share - 1)) + where.Narrow(1, axis, 1);
        return Operators.Cat([scale * across, zero, Shift(patch.Left, across, width, 1), zero, scale * down, Shift(patch.Top, down, height, 2)], 1).View([-1, 2, 3]);
    }

    private Tensor Offsets(long channels, Patch patch, Device device) =>
        Operators.Arange(0, channels, dtype: DType.Int64, device: device).View([1, channels, 1, 1]).Mul((long)height * width)
        + Operators.Arange(0, patch.Height, dtype: DType.Int64, device: device).View([1, 1, patch.Height, 1]).Mul((long)width)
        + Operators.Arange(0, patch.Width, dtype: DType.Int64, device: device).View([1, 1, 1, patch.Width]);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var sampler in toPatch.Values) sampler.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>θ = [[s, 0, tx], [0, s, ty]].</summary>
    /// <param name="where">[B, 3]</param>
    /// <returns>[B, 2, 3]</returns>
    public static Tensor Matrix(Tensor where)
    {
        using var scope = TensorScope.Begin();
        var scale = where.Narrow(1, 0, 1);
        var zero = scale.Detach().ZerosLike();
        return scope.Keep(Operators.Cat([scale, zero, where.Narrow(1, 1, 1), zero, scale, where.Narrow(1, 2, 1)], 1).View([-1, 2, 3]));
    }

    /// <summary>The way back: (1/s, −tx/s, −ty/s), with 10⁻⁹ added to s.</summary>
    /// <param name="where">[B, 3]</param>
    /// <returns>[B, 3]</returns>
    public static Tensor Inverse(Tensor where)
    {
        using var scope = TensorScope.Begin();
        var scale = where.Narrow(1, 0, 1) + Epsilon;
        return scope.Keep(Operators.Cat([scale.Reciprocal(), -where.Narrow(1, 1, 2) / scale], 1));
    }

    /// <summary>Corners of the window in the image: top left, bottom left, bottom right, top right and top left again.</summary>
    /// <param name="where">[B, 3]</param>
    /// <param name="size">Side of the image in pixels.</param>
    /// <returns>[B, 2, 5], columns then rows, pixels from the image's edge.</returns>
    public static Tensor Rectangle(Tensor where, int size)
    {
        using var scope = TensorScope.Begin();
        var corners = Tensor.From<float>([-1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, 1, 1, 1], [3, 5]).To(where.Device, where.DType);
        return scope.Keep((Matrix(Inverse(where)).MatMul(corners) + 1) * (size / 2.0));
    }
}
