using System.Runtime.ExceptionServices;
using Scenograph.Torch;

namespace Scenograph.Evaluation;

/// <summary>Measures the scenes of a batch on all cores, and names the scene where one cannot be measured.</summary>
internal static class SceneLoop
{
    public static T[] Measure<T>(EvaluationBatch batch, Func<int, T> measure)
    {
        var results = new T[batch.BatchSize];
        try
        {
            Parallel.For(0, batch.BatchSize, scene =>
            {
                try
                {
                    results[scene] = measure(scene);
                }
                catch (InputException problem)
                {
                    throw new InputException($"Scene {batch.Indices[scene]}: {problem.Message}", problem);
                }
            });
        }
        catch (AggregateException problems)
        {
            ExceptionDispatchInfo.Throw(problems.InnerExceptions[0]);
        }

        return results;
    }
}
