using System.CommandLine;

namespace Meridian.Cli;

/// <summary>The noun <c>agent</c>, as far as it speaks to the server; the host adds the verbs that run one.</summary>
internal static class AgentCommands
{
    public static Command Make(Verbs verbs) => verbs.Noun(
        "agent",
        Texts.Agent,
        ListVerb.Make(
            verbs, ("list", Texts.AgentList), FleetListings.Agents,
            (session, page, cancellation) => session.Client.GetAgentsAsync(page, cancellation)),
        Ban(verbs));

    private static Command Ban(Verbs verbs)
    {
        var id = verbs.Argument<string>("AGENT", Texts.AgentId);
        return verbs.Verb(
            "ban",
            Texts.AgentBan,
            async (session, cancellation) =>
            {
                await session.Client.BanAgentAsync(session.Parsed.GetRequiredValue(id), cancellation);
                session.Say(Texts.Banned, session.Parsed.GetRequiredValue(id));
                return ExitCode.Done;
            },
            id);
    }
}
