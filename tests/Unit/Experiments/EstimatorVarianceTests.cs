using Scenograph.Experiments;

namespace Scenograph.Tests.Unit.Experiments;

public sealed class EstimatorVarianceTests
{
    [Fact]
    public void Estimators_that_claim_it_are_unbiased_and_baselines_lower_the_variance()
    {
        using var folder = new TemporaryFolder();
        var experiment = new EstimatorVariance();
        var settings = ExperimentSettings.Resolve(experiment, new(Estimators: ["reinforce", "leave-one-out", "concrete"], Set: ["estimates=50000", "tuning=0"]));
        var rows = ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["run"], settings)).Tables[0].Rows;

        Assert.True((double)rows[0][5]! < 4 && (double)rows[1][5]! < 4);
        Assert.True((double)rows[2][5]! > 4);
        Assert.True((double)rows[1][3]! < 1);
    }
}
