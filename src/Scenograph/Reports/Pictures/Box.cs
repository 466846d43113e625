namespace Scenograph.Reports.Pictures;

/// <summary>A box in pixels; all four sides belong to it.</summary>
public readonly record struct Box(int Left, int Top, int Right, int Bottom);
