using Scalar = YamlDotNet.Core.Events.Scalar;
using System.Text;
using Scenograph.Torch;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Scenograph.Training.Recipes;

/// <summary>
/// Reads YAML into <see cref="RecipeNode"/>s. Works on the parser's events, so that depth, number of nodes and aliases are
/// bounded before anything is built: a file of nested brackets or of aliases to aliases is refused, not expanded.
/// </summary>
internal sealed class RecipeTree
{
    private const int LargestFile = 1 << 20;
    private const int LargestDepth = 32;
    private const int MostNodes = 100_000;

    private readonly Parser parser;
    private readonly Func<long, string> origin;
    private readonly Dictionary<AnchorName, RecipeNode> anchors = [];
    private int nodes;

    private RecipeTree(string text, Func<long, string> origin)
    {
        parser = new Parser(new StringReader(text));
        this.origin = origin;
    }

    /// <summary>Reads the file's text, refusing what cannot be a recipe: missing, a folder, too long, not UTF-8.</summary>
    public static string ReadText(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new InputException($"{path} is a folder; a recipe is a YAML file");
            }
            using var stream = File.OpenRead(path);
            var bytes = new byte[LargestFile + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Decode(bytes.AsSpan(0, length), path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; a recipe is a YAML file, e.g. those under recipes/", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {error.Message}", error);
        }
    }

    internal static string Decode(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.Length > LargestFile)
        {
            throw new InputException($"{source} is longer than 1 MB, which no recipe is");
        }
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new InputException($"{source} is not a text in UTF-8; a recipe is a YAML file", error);
        }
    }

    /// <summary>A whole file.</summary>
    public static RecipeMapping ReadFile(string text, string source)
    {
        var tree = new RecipeTree(text, line => $"{source}, line {line}");
        return tree.ReadDocument(source) switch
        {
            RecipeMapping mapping => mapping with { Origin = source },
            RecipeScalar { IsNull: true } => throw new InputException($"{source} is empty; a recipe has the sections name, model, data and training"),
            _ => throw new InputException($"{source} is not a recipe: it must be sections like 'training:', each with keys and values"),
        };
    }

    /// <summary>The value behind a <c>--set key=value</c>.</summary>
    public static RecipeNode ReadValue(string text, string origin) => new RecipeTree(text, _ => origin).ReadDocument(origin);

    private RecipeNode ReadDocument(string source)
    {
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return new RecipeScalar(source, "", Quoted: false);
            }
            parser.Consume<DocumentStart>();
            var root = ReadNode(depth: 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _))
            {
                throw new InputException($"{origin(parser.Current!.Start.Line)}: a second document begins here; a recipe is one document");
            }
            return root;
        }
        catch (YamlException error)
        {
            throw new InputException($"{origin(error.Start.Line)}: not valid YAML: {Sentence(error.Message)}", error);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // Damaged input can trip the parser's own bookkeeping; to the user that is the same thing.
            throw new InputException($"{source}: not valid YAML", error);
        }
    }

    private RecipeNode ReadNode(int depth)
    {
        var place = origin(parser.Current?.Start.Line ?? 1);
        if (depth > LargestDepth)
        {
            throw new InputException($"{place}: nested more than {LargestDepth} levels deep, which no recipe is");
        }
        Count(1, place);

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            place = origin(alias.Start.Line);
            if (!anchors.TryGetValue(alias.Value, out var target))
            {
                throw new InputException($"{place}: *{alias.Value} stands for nothing: there is no &{alias.Value} above it");
            }
            Count(Size(target), place);
            return target;
        }

        RecipeNode node;
        AnchorName anchor;
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            anchor = scalar.Anchor;
            node = new RecipeScalar(origin(scalar.Start.Line), scalar.Value, scalar.Style is not ScalarStyle.Plain);
        }
        else if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            anchor = sequence.Anchor;
            var items = new List<RecipeNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(depth + 1));
            }
            node = new RecipeSequence(origin(sequence.Start.Line), items);
        }
        else
        {
            var start = parser.Consume<MappingStart>();
            anchor = start.Anchor;
            node = ReadMapping(origin(start.Start.Line), depth);
        }
        if (!anchor.IsEmpty)
        {
            anchors[anchor] = node;
        }
        return node;
    }

    private RecipeMapping ReadMapping(string place, int depth)
    {
        var mapping = new RecipeMapping(place);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var keyOrigin = origin(parser.Current?.Start.Line ?? 1);
            if (!parser.TryConsume<Scalar>(out var key))
            {
                throw new InputException($"{keyOrigin}: a key must be a plain word");
            }
            keyOrigin = origin(key.Start.Line);
            var entry = new RecipeEntry(keyOrigin, ReadNode(depth + 1));
            if (!mapping.Entries.TryAdd(key.Value, entry))
            {
                throw new InputException($"{keyOrigin}: {Spelling.Quote(key.Value)} is given twice; it stands already in {mapping.Entries[key.Value].KeyOrigin}");
            }
        }
        return mapping;
    }

    private void Count(int added, string place)
    {
        nodes += added;
        if (nodes > MostNodes)
        {
            throw new InputException($"{place}: more than {MostNodes:N0} values, which no recipe has");
        }
    }

    /// <summary>Number of nodes below, aliases counted as often as they are used; stops counting beyond the limit.</summary>
    private static int Size(RecipeNode node)
    {
        var size = 0;
        var pending = new Stack<RecipeNode>([node]);
        while (size <= MostNodes && pending.TryPop(out var next))
        {
            size++;
            var children = next switch
            {
                RecipeSequence sequence => sequence.Items,
                RecipeMapping mapping => mapping.Entries.Values.Select(entry => entry.Value),
                _ => [],
            };
            foreach (var child in children)
            {
                pending.Push(child);
            }
        }
        return size;
    }

    private static string Sentence(string message)
    {
        var text = message.Trim().TrimEnd('.');
        return text.Length > 0 && !(text.Length > 1 && char.IsUpper(text[1])) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
