using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

/// <summary>A step of training, for models with discrete latents.</summary>
internal static class OneStep
{
    /// <summary>Updates the model's groups once; objective, terms and gradients must be finite before and after.</summary>
    public static void Train(Model model, Tensor images)
    {
        using var optimizer = new Adam(model.ParameterGroups(), 1e-3, new());
        using var noise = NoiseSource.Seeded(2);
        model.Objective(new(images, []), 0, noise).Total.Backward();
        Assert.True(double.IsFinite(GradientClip.ByNorm(model.Parameters(), double.PositiveInfinity).ToDouble()));
        optimizer.Step();
        var objective = model.Objective(new(images, []), 1, noise);
        Assert.True(double.IsFinite(objective.Total.ToDouble()));
        Assert.All(objective.Terms, term => Assert.True(double.IsFinite(term.Value.ToDouble()), term.Name));
    }

    /// <summary>Every estimator of categorical variables, each with both values of a flag.</summary>
    /// <param name="leftOut">Not with true.</param>
    public static TheoryData<EstimatorKind, bool> Estimators(params EstimatorKind[] leftOut)
    {
        var data = new TheoryData<EstimatorKind, bool>();
        foreach (var kind in Enum.GetValues<EstimatorKind>().Where(kind => kind != EstimatorKind.Disarm))
        {
            data.Add(kind, false);
            if (!leftOut.Contains(kind)) data.Add(kind, true);
        }
        return data;
    }
}
