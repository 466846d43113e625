namespace Scenograph.Data.Generated;

/// <summary>The 19 fixed tetrominoes: seven one-sided pieces in all orientations that differ.</summary>
internal static class TetrominoPieces
{
    /// <summary>Name of the piece and its four cells as (row, column), the bounding box starting at (0, 0).</summary>
    public static IReadOnlyList<(string Name, (int Row, int Column)[] Cells)> All { get; } = Make();

    private static List<(string, (int, int)[])> Make()
    {
        var upright = new (string Name, (int Row, int Column)[] Cells)[]
        {
            ("I", [(0, 0), (0, 1), (0, 2), (0, 3)]),
            ("O", [(0, 0), (0, 1), (1, 0), (1, 1)]),
            ("T", [(0, 0), (0, 1), (0, 2), (1, 1)]),
            ("S", [(0, 1), (0, 2), (1, 0), (1, 1)]),
            ("Z", [(0, 0), (0, 1), (1, 1), (1, 2)]),
            ("J", [(0, 0), (1, 0), (1, 1), (1, 2)]),
            ("L", [(0, 2), (1, 0), (1, 1), (1, 2)]),
        };
        var all = new List<(string, (int, int)[])>();
        foreach (var (name, cells) in upright)
        {
            var seen = new HashSet<string>();
            var turned = cells;
            for (var quarter = 0; quarter < 4; quarter++)
            {
                if (seen.Add(string.Join(' ', turned)))
                {
                    all.Add((name, turned));
                }

                turned = QuarterTurn(turned);
            }
        }

        return all;
    }

    private static (int Row, int Column)[] QuarterTurn((int Row, int Column)[] cells)
    {
        var height = cells.Max(cell => cell.Row);
        return [.. cells.Select(cell => (cell.Column, height - cell.Row)).Order()];
    }
}
