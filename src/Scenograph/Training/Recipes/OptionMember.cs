using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Scenograph.Training.Recipes;

/// <summary>One option of an options record: a parameter of its constructor, or one of its settable properties.</summary>
/// <param name="Key">Its name in YAML, in snake case.</param>
/// <param name="Type">Its type, without the nullability of value types.</param>
/// <param name="AllowsNull">Whether <c>null</c> is a value of it.</param>
/// <param name="Default">Its default; meaningless where <paramref name="HasDefault"/> is false.</param>
/// <param name="HasDefault">Whether it may be left out.</param>
/// <param name="Rules">What its values must satisfy.</param>
/// <param name="Property">Where its value is read from.</param>
/// <param name="IsParameter">Whether it is set by the constructor.</param>
internal sealed record OptionMember(
    string Key,
    Type Type,
    bool AllowsNull,
    object? Default,
    bool HasDefault,
    IReadOnlyList<ValidationAttribute> Rules,
    PropertyInfo Property,
    bool IsParameter)
{
    /// <summary>The constructor that is meant: the one with the most parameters.</summary>
    public static ConstructorInfo ConstructorOf(Type type) =>
        type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
        ?? throw new NotSupportedException($"{type} has no public constructor and cannot be options");

    /// <summary>All options of a record, those of the constructor first and in its order.</summary>
    public static IReadOnlyList<OptionMember> Of(Type type)
    {
        var nullability = new NullabilityInfoContext();
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

        var members = new List<OptionMember>();
        foreach (var parameter in ConstructorOf(type).GetParameters())
        {
            if (!properties.Remove(parameter.Name!, out var property))
            {
                throw new NotSupportedException($"{type}: constructor parameter {parameter.Name} has no property of that name");
            }
            members.Add(new OptionMember(
                KeyOf(property),
                Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType,
                nullability.Create(parameter).WriteState is NullabilityState.Nullable,
                parameter.HasDefaultValue ? parameter.DefaultValue : null,
                parameter.HasDefaultValue,
                [.. parameter.GetCustomAttributes<ValidationAttribute>(), .. property.GetCustomAttributes<ValidationAttribute>()],
                property,
                IsParameter: true));
        }
        members.AddRange(properties.Values
            .Where(property => property.SetMethod is { IsPublic: true })
            .Select(property => new OptionMember(
                KeyOf(property),
                Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
                nullability.Create(property).WriteState is NullabilityState.Nullable,
                Default: null,
                HasDefault: true,
                [.. property.GetCustomAttributes<ValidationAttribute>()],
                property,
                IsParameter: false)));
        return members;
    }

    private static string KeyOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
}
