using System.Globalization;
using Scenograph.Torch;

namespace Scenograph.Data.Generated;

/// <summary>
/// Scenes of flat coloured shapes that may overlap, with exact masks, in the manner of multi-dSprites (Kabra et al., 2019). Nothing is
/// stored: scene i is drawn anew by each <see cref="Read"/>, the same for the same seed and split.
/// Labels go from the farthest object (1) to the nearest.
/// </summary>
public sealed class Sprites : IDataSet
{
    private const int SamplesPerSide = 4;

    private readonly SpriteOptions options;
    private readonly Split split;
    private readonly long seed;

    /// <param name="options">How scenes look.</param>
    /// <param name="split">Splits share no scene.</param>
    /// <param name="count">Number of scenes, at least 1.</param>
    /// <param name="seed">Another seed, other scenes.</param>
    /// <exception cref="InputException">An option is out of its range.</exception>
    public Sprites(SpriteOptions options, Split split, int count, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        options.Check();
        this.options = options;
        this.split = split;
        this.seed = seed;
        Count = count;
    }

    /// <inheritdoc/>
    public string Name => "sprites";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Channels => options.Grey ? 1 : 3;

    /// <inheritdoc/>
    public int Height => options.Size;

    /// <inheritdoc/>
    public int Width => options.Size;

    /// <inheritdoc/>
    public int MaskCount => options.MaximumObjects + 1;

    /// <summary>Draws scene <paramref name="index"/>. Metadata of each object: shape, color (#rrggbb), x and y (centre, pixels), size (frame's side, pixels), rotation (degrees, clockwise), depth (0 nearest).</summary>
    /// <exception cref="InputException">No scene that satisfies the options was found within <see cref="SpriteOptions.Tries"/>.</exception>
    public Sample Read(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var random = new SceneRandom(seed, (int)split, index);
        var labels = new byte[options.Size * options.Size];
        for (var attempt = 0; attempt < options.Tries; attempt++)
        {
            var background = DrawBackground(random);
            if (Place(random, background, labels) is { } sprites)
            {
                return Finish(index, background, sprites, labels);
            }
        }

        throw new InputException(
            $"sprites: no scene with {options.MinimumObjects} to {options.MaximumObjects} objects at least {options.MinimumVisible:P0} visible was found in {options.Tries} tries; allow fewer, smaller or more hidden objects, or colours nearer to each other.");
    }

    /// <summary>Adds objects from the farthest to the nearest; null where one finds no place that leaves the others visible enough.</summary>
    private List<Sprite>? Place(SceneRandom random, Rgb background, byte[] labels)
    {
        Array.Clear(labels);
        var count = options.MinimumObjects + random.Below(options.MaximumObjects - options.MinimumObjects + 1);
        var sprites = new List<Sprite>(count);
        Span<int> areas = stackalloc int[count];
        Span<int> visible = stackalloc int[count];
        Span<int> hidden = stackalloc int[count];
        while (sprites.Count < count)
        {
            var placed = false;
            for (var attempt = 0; attempt < options.Tries && !placed; attempt++)
            {
                var sprite = Draw(random);
                if (!ColorStandsOut(sprite.Color, background, sprites))
                {
                    continue;
                }

                hidden.Clear();
                var area = Cover(sprite, labels, hidden);
                placed = area > 0;
                for (var other = 0; other < sprites.Count; other++)
                {
                    placed &= visible[other] - hidden[other] >= Math.Max(1, options.MinimumVisible * areas[other]);
                }

                if (placed)
                {
                    for (var other = 0; other < sprites.Count; other++)
                    {
                        visible[other] -= hidden[other];
                    }

                    areas[sprites.Count] = visible[sprites.Count] = area;
                    sprites.Add(sprite);
                    Stamp(sprite, (byte)sprites.Count, labels);
                }
            }

            if (!placed)
            {
                return null;
            }
        }

        return sprites;
    }

    private Sprite Draw(SceneRandom random)
    {
        var shape = options.Shapes[random.Below(options.Shapes.Count)];
        var half = Step(random, options.SideSteps, options.MinimumSide, options.MaximumSide) * options.Size / 2;
        var angle = options.Rotate ? Step(random, options.RotationSteps, 0, 2 * Math.PI) : 0;
        // The whole shape stays inside the image, however it is turned: what is cut off at the border would count as visible.
        var margin = options.Margin is { } share ? share * options.Size : Math.Min(half * SpriteOutline.Radius(shape, options.Proportions), options.Size / 2.0);
        var x = random.Between(margin, options.Size - margin);
        var y = random.Between(margin, options.Size - margin);
        var color = options.Colors switch
        {
            SpriteColors.Saturated => HsvColor.ToRgb(random.NextDouble(), random.Between(options.MinimumSaturation, 1), random.Between(options.MinimumValue, 1)),
            SpriteColors.Uniform => new Rgb(random.NextDouble(), random.NextDouble(), random.NextDouble()),
            _ => new Rgb(1, 1, 1),
        };
        return new Sprite(shape, options.Proportions, color, x, y, half, angle);
    }

    private static double Step(SceneRandom random, int? steps, double low, double high) =>
        steps is { } count ? low + ((high - low) * random.Below(count) / (count - 1)) : random.Between(low, high);

    private Rgb DrawBackground(SceneRandom random)
    {
        var grey = options.Background == SpriteBackground.Grey ? random.NextDouble() : 0;
        return options.Background == SpriteBackground.Color
            ? new Rgb(random.NextDouble(), random.NextDouble(), random.NextDouble())
            : new Rgb(grey, grey, grey);
    }

    private bool ColorStandsOut(Rgb color, Rgb background, List<Sprite> others)
    {
        var standsOut = color.DistanceTo(background) >= options.MinimumColorDistance;
        if (options.Colors != SpriteColors.White)
        {
            foreach (var other in others)
            {
                standsOut &= color.DistanceTo(other.Color) >= options.MinimumColorDistance;
            }
        }

        return standsOut;
    }

    /// <returns>Pixels of the sprite; <paramref name="hidden"/>[k] counts those it would take from label k + 1.</returns>
    private int Cover(Sprite sprite, byte[] labels, Span<int> hidden)
    {
        var (left, top, right, bottom) = sprite.Box(options.Size);
        var area = 0;
        for (var row = top; row < bottom; row++)
        {
            for (var column = left; column < right; column++)
            {
                if (sprite.Contains(column + 0.5, row + 0.5))
                {
                    area++;
                    var label = labels[(row * options.Size) + column];
                    if (label > 0)
                    {
                        hidden[label - 1]++;
                    }
                }
            }
        }

        return area;
    }

    private void Stamp(Sprite sprite, byte label, byte[] labels)
    {
        var (left, top, right, bottom) = sprite.Box(options.Size);
        for (var row = top; row < bottom; row++)
        {
            for (var column = left; column < right; column++)
            {
                if (sprite.Contains(column + 0.5, row + 0.5))
                {
                    labels[(row * options.Size) + column] = label;
                }
            }
        }
    }

    private Sample Finish(int index, Rgb background, List<Sprite> sprites, byte[] labels)
    {
        var area = labels.Length;
        var image = new float[Channels * area];
        Rgb[] colors = [background, .. sprites.Select(sprite => sprite.Color)];
        for (var channel = 0; channel < Channels; channel++)
        {
            var plane = image.AsSpan(channel * area, area);
            for (var i = 0; i < area; i++)
            {
                plane[i] = (float)colors[options.AntiAlias ? 0 : labels[i]][channel];
            }
        }

        if (options.AntiAlias)
        {
            sprites.ForEach(sprite => Blend(sprite, image));
        }

        // Whole 255ths, so that a scene written to a PNG comes back unchanged.
        foreach (ref var value in image.AsSpan())
        {
            value = PixelValues.ToFloat(PixelValues.ToByte(value));
        }

        return new Sample
        {
            Index = index,
            Channels = Channels,
            Height = options.Size,
            Width = options.Size,
            Image = image,
            Labels = labels,
            Visible = LabelMap.Present(labels, MaskCount),
            Metadata = new SceneMetadata(null, [.. sprites.Select((sprite, order) => sprite.Describe(sprites.Count - 1 - order))]),
        };
    }

    private void Blend(Sprite sprite, float[] image)
    {
        var area = options.Size * options.Size;
        var (left, top, right, bottom) = sprite.Box(options.Size);
        for (var row = top; row < bottom; row++)
        {
            for (var column = left; column < right; column++)
            {
                var coverage = sprite.Coverage(column, row);
                for (var channel = 0; coverage > 0 && channel < Channels; channel++)
                {
                    ref var value = ref image[(channel * area) + (row * options.Size) + column];
                    value += ((float)sprite.Color[channel] - value) * coverage;
                }
            }
        }
    }

    private sealed record Sprite(SpriteShape Shape, SpriteProportions Proportions, Rgb Color, double X, double Y, double Half, double Angle)
    {
        private readonly double cosine = Math.Cos(Angle) / Half;
        private readonly double sine = Math.Sin(Angle) / Half;

        public bool Contains(double x, double y)
        {
            var (dx, dy) = (x - X, y - Y);
            return SpriteOutline.Contains(Shape, Proportions, (cosine * dx) + (sine * dy), (cosine * dy) - (sine * dx));
        }

        /// <summary>Share of the pixel's 4 × 4 points inside the shape.</summary>
        public float Coverage(int column, int row)
        {
            var inside = 0;
            for (var i = 0; i < SamplesPerSide * SamplesPerSide; i++)
            {
                var x = column + (((i % SamplesPerSide) + 0.5) / SamplesPerSide);
                var y = row + (((i / SamplesPerSide) + 0.5) / SamplesPerSide);
                inside += Contains(x, y) ? 1 : 0;
            }

            return inside / (float)(SamplesPerSide * SamplesPerSide);
        }

        public (int Left, int Top, int Right, int Bottom) Box(int size)
        {
            var radius = Half * SpriteOutline.Radius(Shape, Proportions);
            return (
                Math.Max(0, (int)Math.Floor(X - radius)),
                Math.Max(0, (int)Math.Floor(Y - radius)),
                Math.Min(size, (int)Math.Ceiling(X + radius)),
                Math.Min(size, (int)Math.Ceiling(Y + radius)));
        }

        public ObjectMetadata Describe(int depth) => new(new Dictionary<string, string>
        {
            ["shape"] = Shape.ToString().ToLowerInvariant(),
            ["color"] = Color.ToString(),
            ["x"] = Text(X),
            ["y"] = Text(Y),
            ["size"] = Text(2 * Half),
            ["rotation"] = Text(Angle * 180 / Math.PI),
            ["depth"] = depth.ToString(CultureInfo.InvariantCulture),
        });

        private static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
    }
}
