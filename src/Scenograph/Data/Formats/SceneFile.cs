using System.Text;
using System.Text.Json;
using Scenograph.Torch;

namespace Scenograph.Data.Formats;

/// <summary>
/// The scene list of a split, <c>{"info": {...}, "scenes": [...]}</c>, as CLEVR v1.0 has it and as <see cref="Folders.DataSetWriter"/> writes it.
/// Relationships and directions are passed over.
/// </summary>
public sealed class SceneFile
{
    private SceneFile(SceneFileInfo info, IReadOnlyList<ListedScene> scenes)
    {
        Info = info;
        Scenes = scenes;
    }

    /// <summary>What the file says of the whole split.</summary>
    public SceneFileInfo Info { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<ListedScene> Scenes { get; }

    /// <exception cref="InputException">The file is missing, is not JSON, or has another form.</exception>
    public static SceneFile Read(string path) => Parse(Torch.Files.InputFile.ReadAllBytes(path, largest: int.MaxValue - 64), path);

    /// <param name="json">UTF-8.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="InputException">Not JSON, or of another form.</exception>
    public static SceneFile Parse(ReadOnlySpan<byte> json, string path) => Parse(json, path, (ref parser) => parser.ReadFile());

    /// <summary>Reads one scene that is a file of its own, as in ClevrTex.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="InputException">Not JSON, or of another form.</exception>
    public static SceneMetadata ParseScene(ReadOnlySpan<byte> json, string path) => Parse(json, path, (ref parser) => parser.ReadSingle().Metadata);

    private delegate T Form<out T>(ref Parser parser);

    private static T Parse<T>(ReadOnlySpan<byte> json, string path, Form<T> form)
    {
        var start = json.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var parser = new Parser(json[start..]);
        try
        {
            return form(ref parser);
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? $", line {line + 1}" : "";
            throw new InputException($"{path}{place}: {OneLine.Of(Sentence(exception))}", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            // Text that is no valid UTF-8 or UTF-16, or a number that does not fit.
            throw new InputException($"{path}: {OneLine.Of(exception.Message)}", exception);
        }
    }

    // The reader's own messages repeat the place at their end.
    private static string Sentence(JsonException exception) => exception.Message.Split(" LineNumber:")[0].TrimEnd('.') + ".";

    private ref struct Parser(ReadOnlySpan<byte> json)
    {
        private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
        private Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 32 });

        public SceneFile ReadFile()
        {
            reader.Read();
            Expect(JsonTokenType.StartObject, "the file must be an object with a list 'scenes'");
            var info = new SceneFileInfo(null, null);
            List<ListedScene>? scenes = null;
            while (NextProperty() is { } name)
            {
                switch (name)
                {
                    case "scenes":
                        scenes = [];
                        Expect(JsonTokenType.StartArray, "'scenes' must be a list");
                        while (NextElement())
                        {
                            scenes.Add(ReadScene());
                        }

                        break;
                    case "info" when reader.TokenType == JsonTokenType.StartObject:
                        info = ReadInfo();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            return scenes is not null ? new SceneFile(info, scenes) : throw new JsonException("the list 'scenes' is missing");
        }

        public ListedScene ReadSingle()
        {
            reader.Read();
            return ReadScene();
        }

        private SceneFileInfo ReadInfo()
        {
            var info = new SceneFileInfo(null, null);
            while (NextProperty() is { } name)
            {
                info = name switch
                {
                    "channels" => info with { Channels = Integer("channels", 1, 3) },
                    "mask_count" => info with { MaskCount = Integer("mask_count", 0, 256) },
                    _ => info,
                };
                reader.Skip();
            }

            return info;
        }

        private ListedScene ReadScene()
        {
            Expect(JsonTokenType.StartObject, "a scene must be an object");
            int? index = null;
            string? file = null, ground = null;
            bool[]? visible = null;
            IReadOnlyList<ObjectMetadata> objects = [];
            while (NextProperty() is { } name)
            {
                switch (name)
                {
                    case "image_index":
                        index = Integer(name, 0, int.MaxValue);
                        break;
                    case "image_filename":
                        Expect(JsonTokenType.String, "'image_filename' must be text");
                        file = reader.GetString()!;
                        break;
                    case "ground_material" when reader.TokenType == JsonTokenType.String:
                        ground = Shared(reader.GetString()!);
                        break;
                    case "visible":
                        visible = ReadFlags();
                        break;
                    case "objects":
                        objects = ReadObjects();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            return file is null ? throw new JsonException("a scene has no 'image_filename'")
                : file.Length == 0 || file is "." or ".." || file.AsSpan().IndexOfAny('/', '\\', '\0') >= 0 ? throw new JsonException($"'{file}' is not the name of a file beside the others")
                : new ListedScene(index, file, visible, new SceneMetadata(ground, objects));
        }

        private bool[] ReadFlags()
        {
            Expect(JsonTokenType.StartArray, "'visible' must be a list");
            var flags = new List<bool>();
            while (NextElement())
            {
                flags.Add(reader.TokenType is JsonTokenType.True or JsonTokenType.False ? reader.GetBoolean() : throw new JsonException("'visible' must hold true and false"));
            }

            return [.. flags];
        }

        private List<ObjectMetadata> ReadObjects()
        {
            Expect(JsonTokenType.StartArray, "'objects' must be a list");
            var objects = new List<ObjectMetadata>();
            while (NextElement())
            {
                Expect(JsonTokenType.StartObject, "an object of a scene must be a JSON object");
                var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
                while (NextProperty() is { } name)
                {
                    if (ReadText() is { } text)
                    {
                        attributes[Shared(name)] = text;
                    }
                }

                objects.Add(new ObjectMetadata(attributes));
            }

            return objects;
        }

        /// <summary>A value as text, the entries of a list with spaces between; null for what is not told so (objects, null).</summary>
        private string? ReadText()
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    return Shared(reader.GetString()!);
                case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                    return Encoding.UTF8.GetString(reader.ValueSpan);
                case JsonTokenType.StartArray:
                    var texts = new List<string>();
                    while (NextElement())
                    {
                        if (ReadText() is { } text)
                        {
                            texts.Add(text);
                        }
                    }

                    return string.Join(' ', texts);
                default:
                    reader.Skip();
                    return null;
            }
        }

        private readonly int Integer(string name, int low, int high) =>
            reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value >= low && value <= high
                ? value
                : throw new JsonException($"'{name}' must be a whole number from {low} to {high}");

        /// <summary>Goes to the value of the next property; null at the end of the object.</summary>
        private string? NextProperty()
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return null;
            }

            var name = reader.GetString()!;
            reader.Read();
            return name;
        }

        private bool NextElement()
        {
            reader.Read();
            return reader.TokenType != JsonTokenType.EndArray;
        }

        private readonly void Expect(JsonTokenType type, string sentence)
        {
            if (reader.TokenType != type)
            {
                throw new JsonException(sentence);
            }
        }

        // "red" occurs once in memory, not in each of a million objects.
        private readonly string Shared(string text)
        {
            if (shared.TryGetValue(text, out var known))
            {
                return known;
            }

            if (shared.Count < 10_000)
            {
                shared.Add(text, text);
            }

            return text;
        }
    }
}

/// <param name="Channels">1 or 3, where the file says so.</param>
/// <param name="MaskCount">Largest number of masks of a scene, background included, where the file says so.</param>
public sealed record SceneFileInfo(int? Channels, int? MaskCount);

/// <param name="Index">The scene's own number, where it has one.</param>
/// <param name="FileName">Of the picture, without folder.</param>
/// <param name="Visible">Whether object k exists, index 0 the background, where the file says so.</param>
/// <param name="Metadata">Attributes of the objects as text.</param>
public sealed record ListedScene(int? Index, string FileName, bool[]? Visible, SceneMetadata Metadata);
