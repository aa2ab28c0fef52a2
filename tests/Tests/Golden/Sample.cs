using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Tests.Golden;

/// <summary>
/// Makes a value of any stored type with every part filled, no two parts alike, and says of any value what it holds. Both
/// by reflection, so that a new event or field needs nothing here.
/// </summary>
internal sealed class Sample
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private int _next = 1;

    private Sample()
    {
    }

    public static object Of(Type type) => new Sample().Make(type, "value")!;

    /// <summary>Every field and what it holds, by path.</summary>
    public static IEnumerable<string> Facts(object? value) => Facts("", value);

    private object? Make(Type type, string name)
    {
        var number = _next++;
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Make(inner, name);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        if (type.IsGenericType)
            return MakeGeneric(type, name);
        return type == typeof(string) ? $"{name}-{number}"
            : type == typeof(bool) ? true
            : type == typeof(Money) ? Money.Cny(number)
            : type == typeof(decimal) ? (decimal)number
            : type == typeof(DateTimeOffset) ? Start.AddSeconds(number)
            : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(number)
            : type.IsPrimitive ? Convert.ChangeType(number, type, CultureInfo.InvariantCulture)
            : type.IsAbstract ? Make(type.GetCustomAttributes<MemoryPackUnionAttribute>().First().Type, name)
            : MakeRecord(type);
    }

    private object MakeGeneric(Type type, string name)
    {
        var kind = type.GetGenericTypeDefinition();
        var arguments = type.GetGenericArguments();
        if (kind == typeof(ImmutableArray<>) || kind == typeof(ImmutableSortedSet<>))
        {
            var items = Array.CreateInstance(arguments[0], 1);
            items.SetValue(Make(arguments[0], name), 0);
            var factory = kind == typeof(ImmutableArray<>) ? typeof(ImmutableArray) : typeof(ImmutableSortedSet);
            return factory.GetMethods()
                .Single(m => m.Name == "CreateRange" && m.GetParameters() is [var only] && only.ParameterType.Name == "IEnumerable`1")
                .MakeGenericMethod(arguments[0]).Invoke(null, [items])!;
        }

        throw new NotSupportedException($"Teach {nameof(Sample)} to make {type}.");
    }

    private object MakeRecord(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length);
        var made = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType, p.Name!))]);
        if (constructor?.GetParameters().Length > 0)
            return made;
        foreach (var property in type.GetProperties().Where(p => p.CanWrite && p.GetCustomAttribute<MemoryPackIgnoreAttribute>() is null))
            property.SetValue(made, Make(property.PropertyType, property.Name));
        return made;
    }

    private static IEnumerable<string> Facts(string path, object? value) => value switch
    {
        null => [$"{path}=nothing"],
        string text => [$"{path}={text}"],
        DateTimeOffset at => [$"{path}={at.UtcDateTime:O}"],
        IFormattable plain when value.GetType() is { IsPrimitive: true } or { IsEnum: true } || value is decimal or TimeSpan =>
            [$"{path}={plain.ToString(null, CultureInfo.InvariantCulture)}"],
        bool flag => [$"{path}={flag}"],
        IEnumerable items when IsAbsent(items) => [$"{path}=nothing"],
        IEnumerable items => Items(path, items),
        _ => value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .SelectMany(field => Facts($"{path}.{NameOf(field)}", field.GetValue(value))),
    };

    /// <summary>A list that is not in older bytes.</summary>
    private static bool IsAbsent(IEnumerable items) =>
        items.GetType().GetProperty(nameof(ImmutableArray<int>.IsDefault))?.GetValue(items) is true;

    private static IEnumerable<string> Items(string path, IEnumerable items)
    {
        var index = 0;
        foreach (var item in items)
        {
            foreach (var fact in Facts($"{path}[{index++}]", item))
                yield return fact;
        }

        yield return $"{path}.count={index}";
    }

    private static string NameOf(FieldInfo field) => field.Name.Replace("k__BackingField", "", StringComparison.Ordinal).Trim('<', '>', '_');
}
