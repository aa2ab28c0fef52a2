using Grpc.Core;
using Meridian.Domain;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>What an agent is refused for: words in the language that it asks for, and the code beside them for the agent itself.</summary>
internal static class AgentRefusals
{
    /// <summary>The texts of what only a line can be refused for; faults of the writer have their own.</summary>
    internal static readonly Phrasebook Book = new(new Dictionary<string, Phrase>(StringComparer.Ordinal)
    {
        ["bad-hello"] = ("A line begins with Hello.", "连接须以 Hello 开始。"),
        ["bad-proof"] = (
            "The proof of the agent's key is wrong or too old: check the machine's clock.", "代理密钥的证明有误或已过期：请检查本机时钟。"),
        ["bad-signing-request"] = (
            "The certificate signing request cannot be read or is not well signed.", "证书签名请求无法读取或签名有误。"),
        ["line-failed"] = ("The line failed: {0}", "连接出错：{0}"),
        ["line-replaced"] = ("Another line of this agent was opened.", "此代理已打开另一条连接。"),
        ["no-certificate"] = ("This line needs the agent's certificate of this domain, in force.", "此连接需要本域签发且有效的代理证书。"),
        ["not-a-join-token"] = (
            "This is no join token: it begins with 'mjt1.' and comes from 'meridian site token'.",
            "这不是加入令牌：加入令牌以“mjt1.”开头，由 meridian site token 创建。"),
        ["other-key"] = ("Agent '{0}' has another key: join it anew with a token.", "代理“{0}”使用的是另一密钥：请凭令牌重新加入。"),
    });

    /// <summary>The refusal of a call, in its language.</summary>
    internal static RpcException Of(StatusCode code, Reason reason, ServerCallContext context) =>
        Of(code, reason, LanguageOf(context));

    /// <summary>The refusal in the language.</summary>
    internal static RpcException Of(StatusCode code, Reason reason, Language language)
    {
        var book = Book.Knows(reason.Code) ? Book : FaultTexts.Book;
        return new(new Status(code, book.Say(language, reason)), new Metadata { { AgentLinkWords.CodeTrailer, reason.Code } });
    }

    /// <summary>The language that the agent asks for.</summary>
    internal static Language LanguageOf(ServerCallContext context) =>
        LanguageChoice.Named(context.RequestHeaders.GetValue(AgentLinkWords.LanguageHeader));
}
