using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Meridian.JobFiles;

/// <summary>What a value must look like: reads it from YAML, and describes it as JSON Schema.</summary>
internal abstract class Shape<T>
{
    /// <summary>The JSON Schema of the value.</summary>
    public abstract JsonObject Schema();

    /// <summary>Reads the value; where it does not fit, reports every fault and returns false.</summary>
    public abstract bool TryRead(Node node, Faults faults, [MaybeNullWhen(false)] out T value);
}

/// <summary>What came of reading a text: a value, or what is wrong with it and what to do.</summary>
internal readonly record struct Parsed<T>(T? Value, Words? Fault, Words? Hint)
{
    public static implicit operator Parsed<T>(T value) => new(value, Fault: null, Hint: null);

    public static Parsed<T> Refused(Words fault, Words hint) => new(default, fault, hint);
}

/// <summary>A value that stands in a single scalar.</summary>
/// <param name="expected">What is expected, for messages: "a size", "a whole number".</param>
/// <param name="example">A hint with an example.</param>
/// <param name="schema">Makes the JSON Schema.</param>
/// <param name="parse">Reads the scalar.</param>
internal sealed class ScalarShape<T>(
    Words expected, Words example, Func<JsonObject> schema, Func<ScalarNode, Parsed<T>> parse) : Shape<T>
{
    public override JsonObject Schema() => schema();

    public override bool TryRead(Node node, Faults faults, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is RefusedNode)
            return false;
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            Mismatch.Report(node, expected, example, faults);
            return false;
        }

        var parsed = parse(scalar);
        value = parsed.Value;
        if (parsed.Fault is null)
            return value is not null;

        faults.Add(node.At, parsed.Fault, parsed.Hint ?? example);
        return false;
    }
}

/// <summary>The fault of a value of the wrong kind.</summary>
internal static class Mismatch
{
    public static void Report(Node node, Words expected, Words hint, Faults faults)
    {
        if (node is RefusedNode)
            return;

        faults.Add(
            node.At,
            new($"Expected {expected.English}, found {node.Kind.English}",
                $"应为{expected.Chinese}，实际为{node.Kind.Chinese}"),
            hint);
    }
}
