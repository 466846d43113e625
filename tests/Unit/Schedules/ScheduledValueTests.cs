using Scenograph.Torch;
using Scenograph.Training.Schedules;

namespace Scenograph.Tests.Unit.Schedules;

public sealed class ScheduledValueTests
{
    [Fact]
    public void Numbers_are_set_and_logged_at_every_update()
    {
        var model = new Model();
        var value = ScheduledValue.Bind(model, nameof(Model.Prior), "itr_lin(11,0,1)");

        var update = value.Update(5, 100);

        Assert.Equal(0.5f, model.Prior);
        Assert.Equal(new ScheduledUpdate("Prior", 0.5, null), update);
    }

    [Fact]
    public void Texts_and_tuples_are_set_with_a_message_only_where_they_differ()
    {
        var model = new Model();
        var name = ScheduledValue.Bind(model, nameof(Model.Distribution), "set(bernoulli)");
        var range = ScheduledValue.Bind(model, nameof(Model.Range), "(1, 2.5)");

        Assert.Equal(new ScheduledUpdate("Distribution", null, "Setting Distribution to bernoulli"), name.Update(0, 10));
        Assert.Equal(new ScheduledUpdate("Distribution", null, null), name.Update(1, 10));
        Assert.Equal("Setting Range to (1, 2.5)", range.Update(0, 10).Message);
        Assert.Null(range.Update(1, 10).Message);
        Assert.Equal("bernoulli", model.Distribution);
        Assert.Equal([1, 2.5], model.Range);
    }

    [Fact]
    public void No_value_leaves_the_attribute_alone()
    {
        var model = new Model { Steps = 7 };

        var update = ScheduledValue.Bind(model, nameof(Model.Steps), "to(0:1:2)").Update(3, 10);

        Assert.Equal(7, model.Steps);
        Assert.Equal(new ScheduledUpdate("Steps", null, null), update);
    }

    [Theory]
    [InlineData("Missing", "1")]
    [InlineData("prior", "1")]
    [InlineData("ReadOnly", "1")]
    public void An_attribute_that_cannot_be_set_is_refused_when_bound(string attribute, string schedule)
    {
        var refusal = Assert.Throws<InputException>(() => ScheduledValue.Bind(new Model(), attribute, schedule));

        Assert.Contains($"Model has no attribute {attribute}", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Steps", "0.5")]
    [InlineData("Steps", "set(a)")]
    [InlineData("Distribution", "1")]
    [InlineData("Prior", "(1,2)")]
    [InlineData("Steps", "3_000_000_000")]
    public void A_value_of_another_type_is_refused(string attribute, string schedule) =>
        Assert.Throws<InputException>(() => ScheduledValue.Bind(new Model(), attribute, schedule).Update(0, 10));

    [Fact]
    public void Values_are_updated_before_training_every_epoch_and_every_step_by_their_prefix()
    {
        var model = new Model();
        var values = new ScheduledValues();
        values.Add(ScheduledValue.Bind(model, nameof(Model.Prior), "lin(1.0,0,9)"));
        values.Add(ScheduledValue.Bind(model, nameof(Model.Temperature), "itr_lin(1.0,0,99)"));

        values.BeforeTraining(new RunLength(10, null));
        Assert.Equal((0f, 0.0), (model.Prior, model.Temperature));

        Assert.Equal([new ScheduledUpdate("Prior", 3, null)], values.StartEpoch(3, 10));
        Assert.Equal([new ScheduledUpdate("Temperature", 50, null)], values.StartStep(50, 100));
        Assert.Equal((3f, 50.0), (model.Prior, model.Temperature));
        Assert.Matches("^Model [0-9a-f]{8} Temperature itr_lin\\(1.0, 0.0, 99.0\\)$", values.Summary.First());
    }

    [Fact]
    public void The_length_of_a_run_follows_from_epochs_or_steps()
    {
        Assert.Equal((10, 500, 10), Totals(new RunLength(10, null)));
        Assert.Equal((3, 125, 0), Totals(new RunLength(null, 125)));
        Assert.Equal((10, 125, 10), Totals(new RunLength(10, 125)));
        Assert.Equal(250, new RunLength(null, 250_000).EpochsBeforeTraining);

        static (long, long, long) Totals(RunLength length) => (length.TotalEpochs(50), length.TotalSteps(50), length.EpochsBeforeTraining);
    }

    [Fact]
    public void Anything_can_be_bound_by_functions()
    {
        double[] tensor = [0];
        var value = ScheduledValue.Bind("Spair", "prior", "0.25", () => null, number => tensor[0] = ((ScheduleValue.Scalar)number).Number.Value);

        value.Update(0, 1);

        Assert.Equal(0.25, tensor[0]);
    }

    private sealed class Model
    {
        public float Prior { get; set; } = 0.1f;

        public double Temperature { get; set; }

        public int Steps { get; set; }

        public string Distribution { get; set; } = "";

        public IReadOnlyList<double> Range { get; set; } = [];

        public double ReadOnly { get; }
    }
}
