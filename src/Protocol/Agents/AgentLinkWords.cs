namespace Meridian.Protocol.Agents;

/// <summary>The names of what travels beside the messages between agents and the control plane.</summary>
public static class AgentLinkWords
{
    /// <summary>The header by which an agent asks for words in its language.</summary>
    public const string LanguageHeader = "accept-language";

    /// <summary>The trailer that carries a refusal's stable code.</summary>
    public const string CodeTrailer = "meridian-code";
}
