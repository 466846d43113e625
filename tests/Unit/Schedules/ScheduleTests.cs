using System.Globalization;
using System.Text;
using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch;
using Scenograph.Training.Schedules;

namespace Scenograph.Tests.Unit.Schedules;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("3", "const(3)")]
    [InlineData(" 0.50 ", "const(0.5)")]
    [InlineData("+1_000", "const(1000)")]
    [InlineData("1.", "const(1.0)")]
    [InlineData("-.5e-4", "const(-5e-05)")]
    [InlineData("1e-4", "const(0.0001)")]
    [InlineData("1e16", "const(1e+16)")]
    [InlineData("123456789012345.6", "const(123456789012345.6)")]
    [InlineData("1e15", "const(1000000000000000.0)")]
    [InlineData("-0.0", "const(-0.0)")]
    [InlineData("NaN", "const(nan)")]
    [InlineData("-Infinity", "const(-inf)")]
    [InlineData("(1, 2.5)", "const((1, 2.5))")]
    [InlineData("(1)", "const((1,))")]
    [InlineData("set(test)", "set(test)")]
    [InlineData("set( tset-x )", "set(tset-x)")]
    [InlineData("linspace(1e4,0,1)", "lin(10000.0, 0.0, 1.0)")]
    [InlineData("itr_to(10: lin(0.5,0,1) : 2", "itr_switch(10, lin(0.5, 0.0, 1.0) const(2))")]
    public void A_schedule_prints_as_the_original_prints_it(string text, string printed) =>
        Assert.Equal(printed, Schedule.Parse(text).ToString());

    [Theory]
    [InlineData("0x10")]
    [InlineData("1__0")]
    [InlineData("1_")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("--1")]
    [InlineData("(1,2")]
    [InlineData("()")]
    [InlineData("((1,2),3)")]
    [InlineData("lin(10,0,nan)")]
    [InlineData("lin(nan,0,1)")]
    [InlineData("lin(10,0,1))")]
    [InlineData("lin (10,0,1)")]
    [InlineData("itr_")]
    [InlineData("itr_(1,2)")]
    [InlineData("to(10:itr_1:2)")]
    public void What_is_no_schedule_is_refused_and_repeated_in_the_message(string text)
    {
        var refusal = Assert.Throws<InputException>(() => Schedule.Parse(text));

        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ramp_reaches_its_end_one_step_before_its_duration_and_stays()
    {
        var ramp = Schedule.Parse("lin(10000,1e-4,.99)");

        Assert.True(Number(ramp, 9998, 250_000) < 0.99);
        Assert.Equal(0.99, Number(ramp, 9999, 250_000));
        Assert.Equal(0.99, Number(ramp, 249_999, 250_000));
    }

    [Fact]
    public void A_duration_with_a_point_is_a_fraction_and_one_without_a_count()
    {
        Assert.Equal(1, Number(Schedule.Parse("lin(2,0,1)"), 1, 100));
        Assert.Equal(1.0 / 199, Number(Schedule.Parse("lin(2.0,0,1)"), 1, 100));
        Assert.Equal(1e-18, Number(Schedule.Parse("lin(1e18,0,1)"), 1, 1), 1e-20);
    }

    [Fact]
    public void A_ramp_of_less_than_one_step_has_no_value()
    {
        var refusal = Assert.Throws<InputException>(() => Schedule.Parse("lin(0.001,0,1)").ValueAt(0, 100));

        Assert.Contains("less than one", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 1)]
    [InlineData(10, 1)]
    [InlineData(11, 1 - 1.0 / 44)]
    [InlineData(55, 0)]
    public void The_second_part_of_a_switch_starts_its_own_time_after_the_boundary(long step, double value) =>
        Assert.Equal(value, Number(Schedule.Parse("to(10:lin(0.5,0,1):lin(0.5,1,0))"), step, 100), 1e-12);

    [Fact]
    public void Numbers_keep_whether_they_were_integers()
    {
        Assert.Equal(new ScheduleValue.Scalar(new ScheduleNumber(3, true)), Schedule.Parse("3").Initial);
        Assert.Equal(new ScheduleValue.Scalar(new ScheduleNumber(3, false)), Schedule.Parse("3.0").Initial);
    }

    [Fact]
    public void Printed_floats_read_back_as_the_same_number()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (double.IsFinite(value))
            {
                Assert.Equal(value, double.Parse(ScheduleNumber.PrintFloat(value), CultureInfo.InvariantCulture));
            }
        }
    }

    [Fact]
    public void Damaged_texts_are_read_or_refused()
    {
        var seeds = new[] { "itr_lin(10000,1e-4,.99)", "to(0.5:lin(0.5,0,1):set(bernoulli))", "(1,2.5)", "set(abc)", "1_000" };

        Mutations.Check([.. seeds.Select(Encoding.Latin1.GetBytes)], bytes =>
        {
            var schedule = Schedule.Parse(Encoding.Latin1.GetString(bytes));
            foreach (var step in new long[] { 0, 1, 50, 1_000_000 })
            {
                schedule.ValueAt(step, 100);
            }

            _ = schedule.ToString();
        });
    }

    private static double Number(Schedule schedule, long step, long total) => ((ScheduleValue.Scalar)schedule.ValueAt(step, total)!).Number.Value;
}
