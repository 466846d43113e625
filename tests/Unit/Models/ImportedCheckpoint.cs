using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Models;

/// <summary>The checkpoints of Models/data (make_checkpoints.py there), imported as the command line does it.</summary>
internal static class ImportedCheckpoint
{
    public static Model Of(string name, ModelRecipe model)
    {
        using var folder = new TemporaryFolder();
        var recipe = new Recipe("imported", model, new DataRecipe("sprites"), new TrainingRecipe(1, 1, new OptimiserRecipe()), new EvaluationRecipe());
        CheckpointImport.Run(TestFiles.PathOf($"Models/data/{name}"), recipe, folder["imported.safetensors"]);
        using var run = LoadedRun.Open(folder["imported.safetensors"]);
        using var random = new Generator(0);
        var copy = ModelCatalogue.Create(model, random);
        using var mode = GradMode.Off();
        foreach (var ((_, target), (_, source)) in copy.State().Zip(run.Model.State())) target.Copy_(source);
        return copy;
    }

    /// <summary>Every element of the k-th tensor is k / 64, cut to a whole number where that is its type.</summary>
    public static void CheckValues(IEnumerable<(string Name, Tensor Value)> state)
    {
        var k = 0;
        foreach (var (name, value) in state)
        {
            using var scope = TensorScope.Begin();
            var expected = value.DType.IsFloating() ? k / 64.0 : k / 64;
            Assert.True(value.To(DType.Float64).Eq(expected).All().ToDouble() == 1, name);
            k++;
        }
    }
}
