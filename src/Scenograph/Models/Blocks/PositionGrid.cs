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
}
