namespace Scenograph.Data.Sources;

/// <summary>The data sets that specs can name.</summary>
public static class DataSources
{
    /// <summary>One line each.</summary>
    public static IReadOnlyList<IDataSource> All { get; } =
    [
        new SpriteSource(),
        new TetrominoSource(),
        new MultiMnistSource(),
        new AirMultiMnistSource(),
        .. LabelledSource.All,
        new ClevrArchiveSource(),
        new Clevr6Source(),
        new ClevrTexSource(),
        new ClevrFolderSource(),
        new ImageFolderSource(),
        new WholeFolderSource(),
        new IodineFolderSource(),
        new MultiDspritesSource(),
        new ObjectsRoomSource(),
        new TfRecordSource(),
        new OolMnistSource(),
        new PascalSource(),
    ];

    /// <summary>The source of that name, or null.</summary>
    public static IDataSource? Find(string name) => All.FirstOrDefault(source => source.Name == name);
}
