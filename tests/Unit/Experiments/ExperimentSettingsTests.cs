using Scenograph.Experiments;
using Scenograph.Experiments.Toy;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Experiments;

public sealed class ExperimentSettingsTests
{
    [Fact]
    public void What_is_not_asked_for_is_as_published()
    {
        var settings = ExperimentSettings.Resolve(new ToyReplication(), new());

        Assert.Equal((50, 10_000), (settings.Repetitions, settings.Steps!.Value));
        Assert.Equal(["reinforce", "rebar", "relax", "exact"], settings.Estimators.Select(ExperimentSettings.NameOf));
    }

    [Theory]
    [InlineData("relx", "did you mean relax?")]
    [InlineData("vimco", "is none that toy knows")]
    public void An_estimator_that_is_not_known_is_named_with_its_nearest(string name, string answer) =>
        Assert.Contains(answer, Refusal(new(Estimators: [name])), StringComparison.Ordinal);

    [Fact]
    public void An_option_that_is_not_known_is_named_with_its_nearest() =>
        Assert.Contains("did you mean temperature?", Refusal(new(Set: ["temprature=1"])), StringComparison.Ordinal);

    [Fact]
    public void An_option_out_of_range_is_refused() => Assert.Contains("temperature is '0'", Refusal(new(Set: ["temperature=0"])), StringComparison.Ordinal);

    [Fact]
    public void An_experiment_without_data_takes_no_data_set() => Assert.Contains("takes no --dataset", Refusal(new(DataSet: "full-mnist")), StringComparison.Ordinal);

    [Fact]
    public void An_experiment_that_does_not_train_takes_no_steps() => Assert.Contains("takes no --steps",
        Assert.Throws<InputException>(() => ExperimentSettings.Resolve(new EstimatorVariance(), new(Steps: 5))).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_experiment_is_answered_with_the_nearest() =>
        Assert.Contains("did you mean toy-replication?", Assert.Throws<InputException>(() => ExperimentCatalogue.Find("toy-replicatoin")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_of_other_settings_is_not_written_into()
    {
        using var folder = new TemporaryFolder();
        ExperimentFolder.Create(folder["run"], ExperimentSettings.Resolve(new ToyExperiment(), new()));

        var refusal = Assert.Throws<InputException>(() => ExperimentFolder.Create(folder["run"], ExperimentSettings.Resolve(new ToyExperiment(), new(3))));

        Assert.Contains("other settings", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_experiments_folder_is_not_drawn()
    {
        using var folder = new TemporaryFolder();
        var written = ExperimentFolder.Create(folder["run"], ExperimentSettings.Resolve(new ToyExperiment(), new()));

        Assert.Contains("holds toy, not toy-replication", Assert.Throws<InputException>(() => ExperimentRunner.Load(new ToyReplication(), written)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_survive_their_file()
    {
        using var folder = new TemporaryFolder();
        var settings = ExperimentSettings.Resolve(new ToyExperiment(), new(3, 7, ["leave-one-out", "rebar"], Seed: 9, Set: ["temperature=0.5"]));
        var read = ExperimentFolder.Create(folder["run"], settings).ReadSettings();

        Assert.True(settings.IsSameAs(read));
        Assert.Equal(0.5, read.Options<ToyOptions>().Temperature);
    }

    [Fact]
    public void Broken_settings_are_refused_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        folder.Write("run/experiment.json", "{\"experiment\": 5"u8);

        Assert.Contains("not the settings of an experiment", Assert.Throws<InputException>(() => ExperimentFolder.Open(folder["run"]).ReadSettings()).Message, StringComparison.Ordinal);
    }

    private static string Refusal(ExperimentRequest request) => Assert.Throws<InputException>(() => ExperimentSettings.Resolve(new ToyExperiment(), request)).Message;
}
