using Scenograph.Torch.Images;

namespace Scenograph.Reports.Pictures;

/// <summary>The colours that label maps are painted with: entry 0 for the background, entry n for label n.</summary>
public sealed class SegmentationColours
{
    private readonly Colour[] colours;
    private readonly bool repeats;

    private SegmentationColours(bool repeats, IEnumerable<int> colours)
    {
        this.repeats = repeats;
        this.colours = [.. colours.Select(Colour.Of)];
    }

    /// <summary>
    /// Colours that people with any of the common kinds of colour blindness can tell apart: a dark grey background, the seven of
    /// Okabe and Ito ("Color Universal Design", 2008), then those furthest from all before them in CIELAB under normal sight and
    /// simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009). Labels beyond the last begin again after the background.
    /// </summary>
    public static SegmentationColours Accessible { get; } = new(repeats: true,
    [
        0x404040, 0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442, 0x0072B2, 0xD55E00, 0xCC79A7,
        0x9911FF, 0xCCFFCC, 0x663300, 0x99BB66, 0x440055, 0x9977FF, 0x00FFFF, 0xAA5544,
    ]);

    /// <summary>
    /// The colours of the ClevrTex benchmark's own pictures: black, red, green, blue, yellow, matplotlib's tab20b and tab20c
    /// interleaved by shade, cyan, magenta, Set3, white. Labels beyond the last are white.
    /// </summary>
    public static SegmentationColours Benchmark { get; } = new(repeats: false,
    [
        0x000000, 0xFF0000, 0x008000, 0x0000FF, 0xFFFF00,
        .. Enumerable.Range(0, 4).SelectMany(shade => Enumerable.Range(0, 5).SelectMany(hue => new[] { Tab20B[4 * hue + shade], Tab20C[4 * hue + shade] })),
        0x00FFFF, 0xFF00FF,
        0x8DD3C7, 0xFFFFB3, 0xBEBADA, 0xFB8072, 0x80B1D3, 0xFDB462, 0xB3DE69, 0xFCCDE5, 0xD9D9D9, 0xBC80BD, 0xCCEBC5, 0xFFED6F,
        0xFFFFFF,
    ]);

    /// <summary>Number of different colours, the background's included.</summary>
    public int Count => colours.Length;

    /// <param name="label">0 for the background, else the object's number; negative labels take the background's colour.</param>
    public Colour this[int label] => label switch
    {
        <= 0 => colours[0],
        _ when label < colours.Length => colours[label],
        _ when repeats => colours[1 + (label - 1) % (colours.Length - 1)],
        _ => colours[^1],
    };

    /// <summary>Paints a label map.</summary>
    /// <param name="labels">[H, W], row-major.</param>
    /// <param name="height">Rows H.</param>
    /// <param name="width">Columns W.</param>
    /// <returns>An RGB image of the same size.</returns>
    public Image Paint(ReadOnlySpan<byte> labels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Length, height * width);
        var pixels = new byte[3 * labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = this[labels[i]];
        }
        return Drawing.Rgb(width, height, pixels);
    }

    private static ReadOnlySpan<int> Tab20B =>
    [
        0x393B79, 0x5254A3, 0x6B6ECF, 0x9C9EDE, 0x637939, 0x8CA252, 0xB5CF6B, 0xCEDB9C, 0x8C6D31, 0xBD9E39,
        0xE7BA52, 0xE7CB94, 0x843C39, 0xAD494A, 0xD6616B, 0xE7969C, 0x7B4173, 0xA55194, 0xCE6DBD, 0xDE9ED6,
    ];

    private static ReadOnlySpan<int> Tab20C =>
    [
        0x3182BD, 0x6BAED6, 0x9ECAE1, 0xC6DBEF, 0xE6550D, 0xFD8D3C, 0xFDAE6B, 0xFDD0A2, 0x31A354, 0x74C476,
        0xA1D99B, 0xC7E9C0, 0x756BB1, 0x9E9AC8, 0xBCBDDC, 0xDADAEB, 0x636363, 0x969696, 0xBDBDBD, 0xD9D9D9,
    ];
}
