using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Training.Schedules;

/// <summary>What an update did.</summary>
/// <param name="Attribute">Name of the attribute.</param>
/// <param name="Logged">The number to log under that name; null for texts and tuples and where there was no value.</param>
/// <param name="Message">The line to print where a text or a tuple changed, else null.</param>
public readonly record struct ScheduledUpdate(string Attribute, double? Logged, string? Message);

/// <summary>A schedule bound to an attribute of an object.</summary>
public sealed class ScheduledValue
{
    private readonly Func<object?> read;
    private readonly Action<ScheduleValue> write;
    private readonly Func<ScheduleValue, object?, bool> isSame;
    private readonly string identity;

    private ScheduledValue(
        string owner, string identity, string attribute, Schedule schedule, Func<object?> read, Action<ScheduleValue> write, Func<ScheduleValue, object?, bool> isSame)
    {
        Owner = owner;
        this.identity = identity;
        Attribute = attribute;
        Schedule = schedule;
        this.read = read;
        this.write = write;
        this.isSame = isSame;
    }

    /// <summary>Class name of the object.</summary>
    public string Owner { get; }

    /// <summary>Name of the attribute, also the name under which its numbers are logged.</summary>
    public string Attribute { get; }

    /// <summary>The schedule.</summary>
    public Schedule Schedule { get; }

    /// <summary>One line for the start-up log: class, identity, attribute, schedule.</summary>
    public string Summary => $"{Owner} {identity} {Attribute} {Schedule}";

    /// <summary>Binds a public property or field of an object. Numbers fit any numeric type, texts string, tuples lists of float64.</summary>
    /// <param name="target">The object.</param>
    /// <param name="attribute">Name of a writable property or field; case matters.</param>
    /// <param name="schedule">The schedule's text.</param>
    /// <exception cref="InputException">The object has no such attribute, or the text is no schedule.</exception>
    public static ScheduledValue Bind(object target, string attribute, string schedule)
    {
        ArgumentNullException.ThrowIfNull(target);
        var owner = target.GetType();
        var parsed = Schedule.Parse(schedule);
        var (type, read, write) = Attributes.Find(target, attribute)
            ?? throw new InputException($"Schedule {Spelling.Quote(schedule)}: {owner.Name} has no attribute {attribute} that can be set.");
        var identity = RuntimeHelpers.GetHashCode(target).ToString("x8", CultureInfo.InvariantCulture);
        return new ScheduledValue(owner.Name, identity, attribute, parsed, read,
            value => write(Converted(value, type, owner.Name, attribute)),
            (value, present) => Same(Converted(value, type, owner.Name, attribute), present));
    }

    /// <summary>Binds anything: a tensor that is filled in place, for example.</summary>
    /// <param name="owner">Class name for the log.</param>
    /// <param name="attribute">Name for the log.</param>
    /// <param name="schedule">The schedule's text.</param>
    /// <param name="read">The present value.</param>
    /// <param name="write">Sets a value; may refuse kinds of value with an <see cref="InputException"/>.</param>
    public static ScheduledValue Bind(string owner, string attribute, string schedule, Func<ScheduleValue?> read, Action<ScheduleValue> write)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(write);
        return new ScheduledValue(owner, "-", attribute, Schedule.Parse(schedule), () => read(), write, (value, present) => value.Equals(present));
    }

    /// <summary>Sets the attribute to the schedule's value. No value: nothing happens. A number is always set; a text or a tuple only where it differs.</summary>
    /// <param name="step">t.</param>
    /// <param name="total">T.</param>
    /// <exception cref="InputException">The value does not fit the attribute's type.</exception>
    public ScheduledUpdate Update(long step, long total)
    {
        switch (Schedule.ValueAt(step, total))
        {
            case null:
                return new ScheduledUpdate(Attribute, null, null);
            case ScheduleValue.Scalar scalar:
                write(scalar);
                return new ScheduledUpdate(Attribute, scalar.Number.Value, null);
            case var value when isSame(value, read()):
                return new ScheduledUpdate(Attribute, null, null);
            case var value:
                write(value);
                return new ScheduledUpdate(Attribute, null, $"Setting {Attribute} to {value}");
        }
    }

    private static object Converted(ScheduleValue value, Type type, string owner, string attribute)
    {
        var wanted = Nullable.GetUnderlyingType(type) ?? type;
        try
        {
            return value switch
            {
                _ when wanted != typeof(object) && wanted.IsInstanceOfType(value) => value,
                ScheduleValue.Scalar scalar when wanted == typeof(object) => scalar.Number.Value,
                ScheduleValue.Scalar scalar when wanted.IsPrimitive && wanted != typeof(bool) && wanted != typeof(char) && (scalar.Number.IsInteger || IsFloat(wanted)) =>
                    Convert.ChangeType(scalar.Number.Value, wanted, CultureInfo.InvariantCulture),
                ScheduleValue.Text text when wanted.IsAssignableFrom(typeof(string)) => text.Content,
                ScheduleValue.Tuple tuple when wanted.IsAssignableFrom(typeof(double[])) => tuple.Numbers.Select(number => number.Value).ToArray(),
                _ => throw new InvalidCastException(),
            };
        }
        catch (Exception exception) when (exception is InvalidCastException or OverflowException)
        {
            throw new InputException($"Schedule of {owner}.{attribute}: {Spelling.Quote(value.ToString() ?? "")} is no {wanted.Name}.", exception);
        }
    }

    private static bool IsFloat(Type type) => type == typeof(double) || type == typeof(float);

    private static bool Same(object value, object? present) =>
        value is double[] numbers ? present is IEnumerable<double> others && numbers.SequenceEqual(others) : value.Equals(present);

    /// <summary>Public properties and fields by name.</summary>
    private static class Attributes
    {
        private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;

        public static (Type Type, Func<object?> Read, Action<object?> Write)? Find(object target, string name)
        {
            if (target.GetType().GetProperty(name, Public) is { CanRead: true, CanWrite: true } property)
            {
                return (property.PropertyType, () => property.GetValue(target), value => property.SetValue(target, value));
            }

            return target.GetType().GetField(name, Public) is { IsInitOnly: false } field
                ? (field.FieldType, () => field.GetValue(target), value => field.SetValue(target, value))
                : null;
        }
    }
}
