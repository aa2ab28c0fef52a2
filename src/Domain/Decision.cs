using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Domain;

/// <summary>Something that was decided and is true from then on. The journal holds nothing else.</summary>
public abstract record DomainEvent;

/// <summary>Something that is asked of the domain's one writer.</summary>
public abstract record DomainCommand;

/// <summary>Why a command was refused. Its words are in <see cref="FaultTexts"/>.</summary>
public sealed record Fault(string Code, ImmutableArray<string> Particulars) : Reason(Code, Particulars)
{
    /// <summary>A fault about these values.</summary>
    public static new Fault Of(string code, params ReadOnlySpan<object> particulars) => new(code, Written(particulars));
}

/// <summary>The writer's answer to one command: events, or a fault.</summary>
/// <param name="Events">What is now true, in order.</param>
/// <param name="Fault">Why not, or nothing.</param>
/// <param name="Value">The number of what was made, where something was.</param>
public sealed record Decision(ImmutableArray<DomainEvent> Events, Fault? Fault, long Value)
{
    /// <summary>Nothing happens: the command is old news or already done.</summary>
    public static readonly Decision Nothing = new([], Fault: null, Value: 0);

    /// <summary>A decision to make the events true.</summary>
    public static Decision Of(params ReadOnlySpan<DomainEvent> events) => new([.. events], Fault: null, Value: 0);

    /// <summary>A decision to make the events true, which created a numbered thing.</summary>
    public static Decision Of(IEnumerable<DomainEvent> events, long value) => new([.. events], Fault: null, value);

    /// <summary>A refusal about these values.</summary>
    public static Decision Refuse(string code, params ReadOnlySpan<object> particulars) =>
        new([], Fault.Of(code, particulars), Value: 0);
}
