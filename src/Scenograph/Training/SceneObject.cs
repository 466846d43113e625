using Scenograph.Reports.Pictures;

namespace Scenograph.Training;

/// <summary>One object found in a picture, measured on the pixels where its mask is the largest.</summary>
/// <param name="Component">Which component, from 0.</param>
/// <param name="Area">Pixels.</param>
/// <param name="Box">Left, top, right, bottom in pixels; right and bottom are exclusive.</param>
/// <param name="Centroid">Mean column and row of its pixels.</param>
/// <param name="MeanColour">Mean of the component's colours over its pixels, each 0 to 1.</param>
/// <param name="IsBackground">Whether it is the component with the largest area, which shows the background in scenes of objects.</param>
public sealed record SceneObject(int Component, int Area, IReadOnlyList<int> Box, IReadOnlyList<double> Centroid, IReadOnlyList<double> MeanColour, bool IsBackground)
{
    /// <summary>The components of a scene that win any pixel, largest first.</summary>
    public static IReadOnlyList<SceneObject> Find(SceneDecomposition scene)
    {
        var (height, width, size) = (scene.Height, scene.Width, scene.Height * scene.Width);
        var winner = Winners(scene);
        var objects = new List<SceneObject>();
        for (var k = 0; k < scene.ComponentCount; k++)
        {
            var (area, left, top, right, bottom, sumX, sumY) = (0, width, height, 0, 0, 0.0, 0.0);
            var colour = new double[scene.Channels];
            var component = scene.Component(k);
            for (var i = 0; i < size; i++)
            {
                if (winner[i] != k) continue;
                var (y, x) = (i / width, i % width);
                area++;
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                (sumX, sumY) = (sumX + x, sumY + y);
                for (var c = 0; c < colour.Length; c++) colour[c] += component[c * size + i];
            }
            if (area == 0) continue;
            objects.Add(new(k, area, [left, top, right, bottom], [sumX / area, sumY / area], [.. colour.Select(sum => Math.Clamp(sum / area, 0, 1))], false));
        }
        objects.Sort((a, b) => b.Area.CompareTo(a.Area));
        if (objects.Count > 1) objects[0] = objects[0] with { IsBackground = true };
        return objects;
    }

    /// <summary>The component with the largest mask at every pixel.</summary>
    public static int[] Winners(SceneDecomposition scene)
    {
        var winner = new int[scene.Height * scene.Width];
        var best = scene.Mask(0).ToArray();
        for (var k = 1; k < scene.ComponentCount; k++)
        {
            var mask = scene.Mask(k);
            for (var i = 0; i < best.Length; i++)
            {
                if (mask[i] > best[i]) (best[i], winner[i]) = (mask[i], k);
            }
        }
        return winner;
    }
}
