using Scenograph.Estimators;
using Scenograph.Experiments.Toy;

namespace Scenograph.Cli.Bench;

/// <summary>One step of the toy experiment: the update of all repetitions and the variance of a thousand estimates of each.</summary>
internal sealed class ToySubject(EstimatorKind kind, int repetitions) : IBenchSubject
{
    private readonly ToyRun run = ToyExperiment.Published(kind, repetitions);

    public void Step() => run.Step();

    public void Dispose() => run.Dispose();
}
