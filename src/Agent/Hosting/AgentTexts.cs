using Meridian.Primitives;

namespace Meridian.Agent.Hosting;

/// <summary>Why an agent cannot begin or go on, in words.</summary>
internal static class AgentTexts
{
    public static readonly Phrase NotJoined = (
        "No agent has joined from '{0}': give it a join token ('meridian site token SITE' makes one).",
        "“{0}”中还没有已加入的代理：请给出加入令牌（由 meridian site token 站点 创建）。");

    public static readonly Phrase JoinRefused = ("The control plane refused to let this agent join: {0}", "控制面拒绝此代理加入：{0}");

    public static readonly Phrase Unreachable = (
        "The control plane at {0} cannot be reached, or is not the one that made the token: {1}",
        "无法连接位于 {0} 的控制面，或它不是创建该令牌的控制面：{1}");

    public static readonly Phrase OtherDomain = (
        "The server at {0} is not of the domain that made the token: check the address, or ask for a new token.",
        "位于 {0} 的服务器不属于创建该令牌的域：请检查地址，或索取新的令牌。");

    public static readonly Phrase OtherDomainsFolder = (
        "The folder '{0}' belongs to an agent of another domain, with its tasks and data: choose another with --data, or delete it.",
        "目录“{0}”属于另一个域的代理，含其任务与数据：请用 --data 另选目录，或删除它。");

    public static readonly Phrase TokenDamaged = (
        "This is no join token: it was cut or changed. Copy it whole.", "这不是加入令牌：它被截断或改动，请完整复制。");

    public static readonly Phrase NotAToken = (
        "This is no join token: it begins with 'mjt1.' and comes from 'meridian site token SITE'.",
        "这不是加入令牌：加入令牌以“mjt1.”开头，由 meridian site token 站点 创建。");

    public static readonly Phrase AsSaid = ("{0}", "{0}");
}
