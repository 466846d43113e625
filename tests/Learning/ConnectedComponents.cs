using Scenograph.Data;
using Scenograph.Evaluation;

namespace Scenograph.Tests.Learning;

/// <summary>
/// What needs no learning: each patch of touching pixels that are not black is an object. Objects that touch or overlap become one.
/// </summary>
internal static class ConnectedComponents
{
    /// <summary>Mean ARI-FG over the first scenes of a set.</summary>
    public static double AriForeground(IDataSet data, int scenes) => Enumerable.Range(0, scenes).Average(i =>
    {
        var scene = data.Read(i);
        return AdjustedRandIndex.Score(ContingencyTable.Count(scene.Labels!, Label(scene), 256), foregroundOnly: true);
    });

    /// <returns>[H, W], 0 where black, else the number of the patch.</returns>
    public static byte[] Label(Sample scene)
    {
        var size = scene.Height * scene.Width;
        var labels = new byte[size];
        byte count = 0;
        for (var start = 0; start < size; start++)
        {
            if (IsBlack(start) || labels[start] != 0) continue;
            labels[start] = ++count;
            var open = new Stack<int>([start]);
            while (open.TryPop(out var pixel))
            {
                var (y, x) = (pixel / scene.Width, pixel % scene.Width);
                foreach (var (nextY, nextX) in new[] { (y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1) })
                {
                    var next = nextY * scene.Width + nextX;
                    if (nextY < 0 || nextY >= scene.Height || nextX < 0 || nextX >= scene.Width || IsBlack(next) || labels[next] != 0) continue;
                    labels[next] = count;
                    open.Push(next);
                }
            }
        }
        return labels;

        bool IsBlack(int pixel) => Enumerable.Range(0, scene.Channels).All(c => scene.Image[c * size + pixel] == 0);
    }
}
