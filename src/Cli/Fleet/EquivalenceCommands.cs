using System.CommandLine;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>equivalence</c>.</summary>
internal static class EquivalenceCommands
{
    public static Command Make(Verbs verbs) => verbs.Noun(
        "equivalence",
        Texts.Equivalence,
        ListVerb.Make(
            verbs, ("list", Texts.EquivalenceList), FleetListings.Equivalences,
            (session, page, cancellation) => session.Client.GetEquivalencesAsync(page, cancellation)),
        Set(verbs),
        Remove(verbs));

    private static Command Set(Verbs verbs)
    {
        var (workload, model, instead) = Name(verbs);
        var factor = verbs.Argument<decimal>("FACTOR", Texts.EquivalenceFactor);
        return verbs.Verb(
            "set",
            Texts.EquivalenceSet,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var equal = new EquivalenceView(
                    parsed.GetRequiredValue(workload), parsed.GetRequiredValue(model), parsed.GetRequiredValue(instead),
                    parsed.GetRequiredValue(factor));
                await session.Client.PutEquivalenceAsync(equal, cancellation);
                session.Say(Texts.Saved, FleetListings.Equivalences.Name(equal));
                return ExitCode.Done;
            },
            workload, model, instead, factor);
    }

    private static Command Remove(Verbs verbs)
    {
        var (workload, model, instead) = Name(verbs);
        return verbs.Verb(
            "remove",
            Texts.EquivalenceRemove,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var equal = new EquivalenceView(
                    parsed.GetRequiredValue(workload), parsed.GetRequiredValue(model), parsed.GetRequiredValue(instead), Factor: 0);
                await session.Client.RemoveEquivalenceAsync(equal, cancellation);
                session.Say(Texts.Removed, FleetListings.Equivalences.Name(equal));
                return ExitCode.Done;
            },
            workload, model, instead);
    }

    private static (Argument<string> Workload, Argument<string> Model, Argument<string> Instead) Name(Verbs verbs) => (
        verbs.Argument<string>("WORKLOAD", Texts.EquivalenceWorkload), verbs.Argument<string>("MODEL", Texts.EquivalenceModel),
        verbs.Argument<string>("INSTEAD", Texts.EquivalenceInstead));
}
