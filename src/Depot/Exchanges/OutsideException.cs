using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>An exchange with a store outside the domain cannot go on, and trying again would not help.</summary>
/// <param name="reason">Why, as a code that has words in every language.</param>
/// <param name="inner">What happened.</param>
public sealed class OutsideException(Reason reason, Exception? inner) : DepotException(reason.ToString(), inner)
{
    /// <summary>Why.</summary>
    public Reason Reason { get; } = reason;

    /// <summary>The reason for any failure of an exchange.</summary>
    public static Reason ReasonOf(Exception failure) => failure switch
    {
        OutsideException outside => outside.Reason,
        DepotFullException full => Primitives.Reason.Of("depot-full", full.Message),
        IngestException unfit => Primitives.Reason.Of("outside-unfit", unfit.Message),
        _ => Primitives.Reason.Of("failed", failure.Message),
    };

    internal static OutsideException Of(string code, params ReadOnlySpan<object> particulars) => new(Primitives.Reason.Of(code, particulars), inner: null);
}
