using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Learning;

public sealed class SlotAttentionLearningTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scenograph-learning-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Baseline()
    {
        foreach (var (lo, hi, n) in new[] { (0.3, 0.45, 3), (0.2, 0.35, 4), (0.35, 0.5, 3), (0.25, 0.4, 3) })
        {
            var options = new DataSetOptions { Count = 128 };
            options = options with { Sprites = options.Sprites with { MaximumObjects = n, Rotate = false, MinimumSide = lo, MaximumSide = hi } };
            var data = DataSets.Open("sprites-(24,24)", Split.Validation, options: options);
            Console.WriteLine($"BASE {lo} {hi} {n} {ConnectedComponents.AriForeground(data, 128)}");
        }
    }
}
