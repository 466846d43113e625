using System.Text.Json;
using System.Text.Json.Serialization;
using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Experiments;

/// <summary>What an experiment is asked to do; a part that is null is as published.</summary>
/// <param name="Repetitions">At least 1.</param>
/// <param name="Steps">At least 1.</param>
/// <param name="Estimators">By name, e.g. <c>rebar</c>.</param>
/// <param name="DataSet">One of the experiment's.</param>
/// <param name="Seed">Of the first repetition; the others count on from it.</param>
/// <param name="Set"><c>key=value</c> texts for the experiment's own options, and for the recipes of its trainings where it has any.</param>
public sealed record ExperimentRequest(int? Repetitions = null, int? Steps = null, IReadOnlyList<string>? Estimators = null, string? DataSet = null, long Seed = 0, IReadOnlyList<string>? Set = null);

/// <summary>What an experiment does, complete and checked.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Repetitions">At least 1.</param>
/// <param name="Steps">At least 1; null where it trains nothing.</param>
/// <param name="Estimators">In the order of tables and figures.</param>
/// <param name="DataSet">Null where there is nothing to choose.</param>
/// <param name="Seed">Of the first repetition.</param>
/// <param name="Set"><c>key=value</c> texts that the options were changed by.</param>
public sealed record ExperimentSettings(string Experiment, int Repetitions, int? Steps, IReadOnlyList<EstimatorKind> Estimators, string? DataSet, long Seed, IReadOnlyList<string> Set)
{
    private static readonly string[] RecipeSections = ["model.", "data.", "training.", "evaluation."];

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Seeds of the repetitions.</summary>
    public IEnumerable<ulong> Seeds => Enumerable.Range(0, Repetitions).Select(r => (ulong)Seed + (ulong)r);

    /// <summary>The experiment's own options.</summary>
    /// <typeparam name="T">Its <see cref="Experiment.OptionsType"/>.</typeparam>
    public T Options<T>() => (T)Bind(typeof(T), Set.Where(change => !IsOfRecipe(change)), Experiment);

    /// <summary>Those of <see cref="Set"/> that change the recipes of its trainings.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> RecipeChanges => [.. Set.Where(IsOfRecipe)];

    /// <summary>Completes a request by what the experiment was published with.</summary>
    /// <exception cref="InputException">A part does not fit the experiment; one sentence says which and what would.</exception>
    public static ExperimentSettings Resolve(Experiment experiment, ExperimentRequest request)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Steps is not null && experiment.Steps is null && !experiment.UsesRecipes) throw new InputException($"{experiment.Name} trains nothing, so it takes no --steps");
        if (request.DataSet is { } name && !experiment.DataSets.Contains(name))
        {
            throw new InputException(experiment.DataSets.Count == 0
                ? $"{experiment.Name} makes its own problem and takes no --dataset"
                : $"--dataset is {Spelling.Quote(name)}; {Spelling.Suggest(name, experiment.DataSets)}");
        }
        var set = request.Set ?? [];
        Bind(experiment.OptionsType, set.Where(change => !(experiment.UsesRecipes && IsOfRecipe(change))), experiment.Name);
        return new(experiment.Name, request.Repetitions ?? experiment.Repetitions, request.Steps ?? experiment.Steps,
            request.Estimators is { } names ? [.. names.Select(estimator => Estimator(experiment, estimator)).Distinct()] : experiment.Estimators,
            request.DataSet ?? (experiment.DataSets.Count > 0 ? experiment.DataSets[0] : null), request.Seed, set);
    }

    /// <summary>An estimator as the published tables and figures call it; others by <see cref="NameOf"/>.</summary>
    public static string LabelOf(EstimatorKind kind) => kind switch
    {
        EstimatorKind.Exact => "Exact gradient",
        EstimatorKind.Reinforce or EstimatorKind.Nvil or EstimatorKind.Concrete or EstimatorKind.Rebar or EstimatorKind.Relax => kind.ToString().ToUpperInvariant(),
        _ => NameOf(kind),
    };

    /// <summary>An estimator's name, as the command line has it.</summary>
    public static string NameOf(EstimatorKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    internal string ToJson() => JsonSerializer.Serialize(this, Json);

    internal static ExperimentSettings FromJson(string text, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ExperimentSettings>(text, Json) ?? throw new InputException($"{path}: null instead of an experiment's settings");
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}: not the settings of an experiment ({OneSentence(error.Message)})", error);
        }
    }

    /// <summary>Whether both ask for the same measurements.</summary>
    public bool IsSameAs(ExperimentSettings other) => ToJson() == other.ToJson();

    private static string OneSentence(string message) => message.Split('.')[0];

    private static EstimatorKind Estimator(Experiment experiment, string name)
    {
        EstimatorKind[] known = [.. experiment.Estimators, .. experiment.MoreEstimators];
        if (known.Length == 0) throw new InputException($"{experiment.Name} takes no --estimators");
        var found = known.Where(kind => NameOf(kind) == name).ToArray();
        return found.Length > 0 ? found[0] : throw new InputException($"--estimators: {Spelling.Quote(name)} is none that {experiment.Name} knows; {Spelling.Suggest(name, [.. known.Select(NameOf)])}");
    }

    private static bool IsOfRecipe(string change) => RecipeSections.Any(section => change.StartsWith(section, StringComparison.Ordinal));

    private static object Bind(Type type, IEnumerable<string> set, string owner)
    {
        var root = new RecipeMapping("--set");
        RecipeOverrides.Apply(root, set);
        return new OptionsBinder(ModelCatalogue.Instance).Bind(root, type, path: "", owner: owner);
    }
}
