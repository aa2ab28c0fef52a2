using System.Collections.Immutable;

namespace Meridian.Domain;

/// <summary>Something that was decided and is true from then on. The journal holds nothing else.</summary>
public abstract record DomainEvent;

/// <summary>Something that is asked of the domain's one writer.</summary>
public abstract record DomainCommand;

/// <summary>Why a command was refused: a stable code, and the particulars for people.</summary>
/// <param name="Code">A stable word such as <c>no-capacity</c>.</param>
/// <param name="Detail">What was refused, about what, and what to do.</param>
public sealed record Fault(string Code, string Detail);

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

    /// <summary>A refusal.</summary>
    public static Decision Refuse(string code, string detail) => new([], new Fault(code, detail), Value: 0);
}
