using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>Coordinates of pixels as channels.</summary>
public static class PositionGrid
{
    /// <summary>
    /// Distances from the four borders: channels [r, c, 1 − r, 1 − c] with r = i/(H − 1), c = j/(W − 1), row first.
    /// </summary>
    /// <returns>[1, 4, H, W]</returns>
    public static Tensor FourBorders(int height, int width)
    {
        using var scope = TensorScope.Begin();
        var rows = Operators.Linspace(0, 1, height).View([height, 1]).Expand([height, width]);
        var columns = Operators.Linspace(0, 1, width).View([1, width]).Expand([height, width]);
        return scope.Keep(Operators.Stack([rows, columns, 1 - rows, 1 - columns]).Unsqueeze(0));
    }

    /// <summary>Distances from the bottom, top, left and right: channels [1 − r, r, c, 1 − c] with r = i/(H − 1), c = j/(W − 1).</summary>
    /// <param name="height">Rows H.</param>
    /// <param name="width">Columns W.</param>
    /// <param name="like">Element type and device of the result.</param>
    /// <returns>[1, 4, H, W]</returns>
    public static Tensor EdgeDistances(long height, long width, Tensor like)
    {
        using var scope = TensorScope.Begin();
        var rows = Operators.Linspace(0, 1, height, like.DType, like.Device).View([height, 1]).Expand([height, width]);
        var columns = Operators.Linspace(0, 1, width, like.DType, like.Device).View([1, width]).Expand([height, width]);
        return scope.Keep(Operators.Stack([1 - rows, rows, columns, 1 - columns]).Unsqueeze(0));
    }

    /// <summary>Rows and columns as two channels, each evenly spaced from −1 to 1, borders included.</summary>
    /// <param name="height">Rows H.</param>
    /// <param name="width">Columns W.</param>
    /// <param name="columnsFirst">Whether the column's coordinate is the first channel; the row's otherwise.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="device">Where it lives; the processor if left out.</param>
    /// <returns>[1, 2, H, W]</returns>
    public static Tensor Coordinates(int height, int width, bool columnsFirst = false, DType dtype = DType.Float32, Device? device = null)
    {
        using var scope = TensorScope.Begin();
        var rows = Operators.Linspace(-1, 1, height, dtype, device).View([height, 1]).Expand([height, width]);
        var columns = Operators.Linspace(-1, 1, width, dtype, device).View([1, width]).Expand([height, width]);
        return scope.Keep(Operators.Stack(columnsFirst ? [columns, rows] : [rows, columns]).Unsqueeze(0));
    }
}
