using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scenograph.Torch;
using Scenograph.Torch.Files;
using Scenograph.Torch.Serialization;
using Scenograph.Training;

namespace Scenograph.Experiments;

/// <summary>Where an experiment keeps its settings, raw results and report: <c>runs/NAME/TIME</c> unless told otherwise.</summary>
public sealed class ExperimentFolder
{
    private const string SettingsName = "experiment.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    private ExperimentFolder(string path) => FolderPath = path;

    /// <summary>The folder itself.</summary>
    public string FolderPath { get; }

    /// <summary>The page with tables and figures.</summary>
    public string ReportPath => In("report.html");

    /// <summary>A file of the folder.</summary>
    public string In(string name) => Path.Combine(FolderPath, name);

    /// <summary>A path for a new folder, <c>runs/NAME/TIME</c>.</summary>
    public static string NewPath(string name)
    {
        var stamp = DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(RunFolder.DefaultRoot, name, stamp);
        for (var attempt = 2; Directory.Exists(path); attempt++) path = Path.Combine(RunFolder.DefaultRoot, name, $"{stamp}-{attempt}");
        return path;
    }

    /// <summary>Makes the folder, or goes on in one that an interrupted call with the same settings left.</summary>
    /// <exception cref="InputException">The folder holds something else, or cannot be made.</exception>
    public static ExperimentFolder Create(string path, ExperimentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var folder = new ExperimentFolder(Path.TrimEndingDirectorySeparator(path));
        try
        {
            if (File.Exists(folder.In(SettingsName)))
            {
                if (!folder.ReadSettings().IsSameAs(settings)) throw new InputException($"{path} holds an experiment with other settings; choose another folder, or --load it as it is");
            }
            else if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new InputException($"{path} holds something else than an experiment; choose a folder that is empty or not there yet");
            }
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be made: {error.Message}", error);
        }
        AtomicFile.WriteText(folder.In(SettingsName), settings.ToJson());
        return folder;
    }

    /// <summary>A folder that <see cref="Create"/> made.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static ExperimentFolder Open(string path)
    {
        var folder = new ExperimentFolder(Path.TrimEndingDirectorySeparator(path));
        return File.Exists(folder.In(SettingsName)) ? folder
            : throw new InputException($"{path} holds no experiment: there is no {SettingsName} in it");
    }

    /// <summary>What the folder's experiment did.</summary>
    /// <exception cref="InputException">The file is broken.</exception>
    public ExperimentSettings ReadSettings()
    {
        using var stream = InputFile.Open(In(SettingsName));
        using var reader = new StreamReader(stream);
        return ExperimentSettings.FromJson(reader.ReadToEnd(), In(SettingsName));
    }

    /// <summary>Whether raw results of that name are there.</summary>
    public bool Has(string name) => File.Exists(In($"{name}.safetensors"));

    /// <summary>Writes raw results.</summary>
    /// <param name="name">File name without extension.</param>
    /// <param name="arrays">By name, with their shapes.</param>
    public void Save(string name, params IReadOnlyList<(string Name, float[] Values, long[] Shape)> arrays)
    {
        using var scope = TensorScope.Begin();
        ModuleState.Save(In($"{name}.safetensors"), [.. arrays.Select(array => (array.Name, Tensor.From(array.Values, array.Shape)))]);
    }

    /// <summary>Writes what is no array: numbers and names, as JSON.</summary>
    /// <param name="name">File name without extension.</param>
    /// <param name="record">What to write.</param>
    public void SaveRecord<T>(string name, T record) => AtomicFile.WriteText(In($"{name}.json"), JsonSerializer.Serialize(record, Json));

    /// <summary>Reads what <see cref="SaveRecord"/> wrote.</summary>
    /// <exception cref="InputException">The file is missing or broken.</exception>
    public T LoadRecord<T>(string name)
    {
        var path = In($"{name}.json");
        using var stream = InputFile.Open(path);
        try
        {
            return JsonSerializer.Deserialize<T>(stream, Json) ?? throw new InputException($"{path}: null instead of results");
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}: not the results of an experiment ({error.Message.Split('.')[0]})", error);
        }
    }

    /// <summary>Reads raw results.</summary>
    /// <returns>Values by array name, row by row.</returns>
    /// <exception cref="InputException">The file is missing or broken.</exception>
    public IReadOnlyDictionary<string, float[]> Load(string name)
    {
        using var scope = TensorScope.Begin();
        using var file = SafetensorsFile.Open(In($"{name}.safetensors"));
        return ModuleState.Read(file).ToDictionary(entry => entry.Key, entry => entry.Value.ToArray<float>());
    }
}
