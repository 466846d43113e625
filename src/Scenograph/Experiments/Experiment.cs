using Scenograph.Estimators;
using Scenograph.Torch;

namespace Scenograph.Experiments;

/// <summary>
/// A published experiment: what it measures, and the tables and figures it makes of that. Measuring writes raw results into a folder, drawing
/// reads them, so that tables and figures can be made anew without training. One class an experiment; <see cref="ExperimentCatalogue"/> has a
/// line for each.
/// </summary>
public abstract class Experiment
{
    /// <summary>Name on the command line, e.g. <c>toy-replication</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it measures, as a sentence.</summary>
    public abstract string Description { get; }

    /// <summary>Repetitions of the published experiment, with seeds one after another.</summary>
    public abstract int Repetitions { get; }

    /// <summary>Optimiser steps of the published experiment; null where it trains nothing, or its recipes say how long.</summary>
    public virtual int? Steps => null;

    /// <summary>
    /// Whether its trainings are runs by recipes: <c>--set</c> then changes those too (<c>model.</c>, <c>data.</c>, <c>training.</c> and
    /// <c>evaluation.</c>), and <c>--steps</c> stands for their steps.
    /// </summary>
    public virtual bool UsesRecipes => false;

    /// <summary>Estimators of the published experiment, in its order.</summary>
    public virtual IReadOnlyList<EstimatorKind> Estimators => [];

    /// <summary>Other estimators that it can measure.</summary>
    public virtual IReadOnlyList<EstimatorKind> MoreEstimators => [];

    /// <summary>Names that <c>--dataset</c> takes, the default first; empty where there is nothing to choose.</summary>
    public virtual IReadOnlyList<string> DataSets => [];

    /// <summary>Threads that its arithmetic gains by, where the user does not say; 0: one for each core. Trainings by recipes have their recipe's.</summary>
    public virtual int Threads => 0;

    /// <summary>Record of the further options, which <c>--set key=value</c> changes; declared and checked as a model's.</summary>
    public virtual Type OptionsType => typeof(NoOptions);

    /// <summary>Refuses, before anything is written, what <see cref="Measure"/> could not do.</summary>
    /// <exception cref="InputException">One sentence says what is missing or does not fit.</exception>
    public virtual void Check(ExperimentSettings settings)
    {
    }

    /// <summary>Trains and measures; writes raw results into the folder. What is there already from an interrupted call need not be made again.</summary>
    /// <param name="settings">What to do, checked.</param>
    /// <param name="folder">Of this experiment with these settings.</param>
    /// <param name="progress">Told in words how far it is.</param>
    /// <param name="stop">Asks for an end.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public abstract void Measure(ExperimentSettings settings, ExperimentFolder folder, IProgress<string>? progress, CancellationToken stop);

    /// <summary>Tables and figures of raw results.</summary>
    /// <param name="settings">What was done.</param>
    /// <param name="folder">What <see cref="Measure"/> wrote.</param>
    /// <exception cref="InputException">Results are missing or broken.</exception>
    public abstract ExperimentReport Draw(ExperimentSettings settings, ExperimentFolder folder);

    private sealed record NoOptions;
}
