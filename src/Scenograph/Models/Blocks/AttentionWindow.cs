using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The window of AIR's glimpses: z = (s, tx, ty) says that the point (X, Y) of the image is the point (sX + tx, sY + ty) of the window, so that
/// s = 3 is a window of a third of the image with its centre at (−tx/s, −ty/s). Eslami et al. 2016, arXiv 1603.08575.
/// </summary>
public sealed class AttentionWindow : Module
{
    private const double Epsilon = 1e-9;

    private readonly AffineSampler toImage, toWindow;

    /// <param name="height">Rows H of the image.</param>
    /// <param name="width">Columns W of the image.</param>
    /// <param name="windowHeight">Rows of the window.</param>
    /// <param name="windowWidth">Columns of the window.</param>
    public AttentionWindow(int height, int width, int windowHeight, int windowWidth)
    {
        toImage = Child("to_image", new AffineSampler(height, width));
        toWindow = Child("to_window", new AffineSampler(windowHeight, windowWidth));
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

    /// <summary>The image with nothing but the window's content in its place.</summary>
    /// <param name="windows">[B, C, h, w]</param>
    /// <param name="where">z, [B, 3]</param>
    /// <returns>[B, C, H, W]</returns>
    public Tensor Write(Tensor windows, Tensor where)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(toImage.Forward(windows, Matrix(where)));
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
