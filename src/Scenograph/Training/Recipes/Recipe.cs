using System.ComponentModel.DataAnnotations;
using Scenograph.Data;

namespace Scenograph.Training.Recipes;

/// <summary>Everything that a run depends on: two runs of one recipe on one machine are the same run.</summary>
/// <param name="Name">Name of the run's folder, <c>runs/NAME/TIME</c>: letters, digits, points, hyphens and underscores.</param>
/// <param name="Model">Which model, and its options.</param>
/// <param name="Data">What it learns from and is measured on.</param>
/// <param name="Training">How it learns.</param>
/// <param name="Evaluation">How it is measured at the end.</param>
public sealed record Recipe(
    [RegularExpression(Recipe.NamePattern, ErrorMessage = "must be letters, digits, points, hyphens and underscores, and begin with a letter or digit")] string Name,
    ModelRecipe Model,
    DataRecipe Data,
    TrainingRecipe Training,
    EvaluationRecipe Evaluation)
{
    internal const string NamePattern = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";
}

/// <param name="Name">Name in the model catalogue.</param>
/// <param name="Options">The model's own options record.</param>
public sealed record ModelRecipe(string Name, object Options);

/// <param name="Train">Data spec of the scenes to learn from, e.g. <c>clevr-crop-(128,128)</c>.</param>
/// <param name="Validation">Data spec of the scenes that choose the best checkpoint; null: no validation.</param>
/// <param name="Test">Data spec of the scenes that <c>evaluate</c> uses; null: those of <paramref name="Validation"/>.</param>
/// <param name="Root">Folder that holds the data sets; null: the usual places.</param>
/// <param name="Cache">Keep decoded scenes in memory.</param>
public sealed record DataRecipe(string Train, string? Validation = null, string? Test = null, string? Root = null, bool Cache = false)
{
    /// <summary>What the specs do not say: seed, number and looks of generated scenes.</summary>
    public DataSetOptions Options { get; init; } = new();
}

/// <param name="Steps">Number of optimiser steps, at least 1.</param>
/// <param name="Batch">Images a step, at least 1.</param>
/// <param name="Optimiser">Which optimiser, and its options.</param>
/// <param name="Seed">Seed of everything random in the run: weights, order of the data, noise.</param>
/// <param name="LearningRateSchedule">
/// Multiplier of the learning rate over the steps, in the language of the published experiments, e.g.
/// <c>decay(10000,100000,0.5)</c> or <c>warm(1000)</c>; empty: constant.
/// </param>
/// <param name="GradientClip">Largest L2 norm of all gradients together; null: no clipping.</param>
/// <param name="Precision">Number format of the model's arithmetic; weights are float32 always.</param>
/// <param name="Device"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
/// <param name="Threads">OpenMP threads of the arithmetic; 0: as many as there are cores.</param>
/// <param name="Workers">Threads that load data ahead; 0: chosen by the loader.</param>
/// <param name="LogEvery">Steps between two lines of <c>metrics.jsonl</c>.</param>
/// <param name="ValidateEvery">Steps between two validations; 0: never.</param>
/// <param name="CheckpointEvery">Steps between two writings of the checkpoint <c>last</c>; 0: at start and end only.</param>
/// <param name="KeepEvery">Steps between two checkpoints that are kept beside the last one, as <c>step-N</c>; 0: none.</param>
/// <param name="NanLimit">Steps with a NaN or infinite loss that are skipped before the run gives up.</param>
/// <param name="Ema">Decay a step of the exponential moving average of the weights that is evaluated; null: none.</param>
/// <param name="KeepLastBatch">Train on the images of an epoch that fill no batch as well, in a smaller one.</param>
public sealed record TrainingRecipe(
    [Range(1, int.MaxValue)] int Steps,
    [Range(1, 1 << 20)] int Batch,
    OptimiserRecipe Optimiser,
    [Range(0, long.MaxValue)] long Seed = 0,
    string LearningRateSchedule = "",
    [Range(0, double.MaxValue, MinimumIsExclusive = true)] double? GradientClip = null,
    Precision Precision = Precision.Float32,
    [RegularExpression("cpu|cuda(:[0-9]{1,3})?", ErrorMessage = "must be cpu, cuda or cuda:N")] string Device = "cpu",
    [Range(0, 1024)] int Threads = 0,
    [Range(0, 1024)] int Workers = 0,
    [Range(1, int.MaxValue)] int LogEvery = 10,
    [Range(0, int.MaxValue)] int ValidateEvery = 1000,
    [Range(0, int.MaxValue)] int CheckpointEvery = 1000,
    [Range(0, int.MaxValue)] int KeepEvery = 0,
    [Range(0, int.MaxValue)] int NanLimit = 10,
    [Range(0, 1, MaximumIsExclusive = true)] double? Ema = null,
    bool KeepLastBatch = false);

/// <param name="Name">adam, adamw, rmsprop or sgd.</param>
/// <param name="LearningRate">Base learning rate, above 0.</param>
/// <param name="Epsilon">Term that keeps the division finite (Adam, RMSprop).</param>
/// <param name="WeightDecay">L2 penalty (Adam, RMSprop, SGD) or decoupled decay (AdamW).</param>
public sealed record OptimiserRecipe(
    [AllowedValues("adam", "adamw", "rmsprop", "sgd")] string Name = "adam",
    [Range(0, 1000, MinimumIsExclusive = true)] double LearningRate = 4e-4,
    [Range(0, 1)] double Epsilon = 1e-8,
    [Range(0, 1000)] double WeightDecay = 0)
{
    /// <summary>Decay rates of Adam's two moments, each from 0 to below 1.</summary>
    [Range(0, 1, MaximumIsExclusive = true)]
    public (double First, double Second) Betas { get; init; } = (0.9, 0.999);
}

/// <summary>Number format of a model's arithmetic.</summary>
public enum Precision
{
    /// <summary>Single precision throughout.</summary>
    Float32,

    /// <summary>bfloat16 matrix products and convolutions by autocast; weights, losses and softmax over masks in float32.</summary>
    Bf16,
}

/// <param name="Images">Scenes to measure, the first of the set; 0: all.</param>
/// <param name="Batch">Images a forward pass.</param>
public sealed record EvaluationRecipe([Range(0, int.MaxValue)] int Images = 320, [Range(1, 1 << 20)] int Batch = 32);
