using Meridian.Primitives;

namespace Meridian.Domain.Sites;

/// <summary>
/// What agents say of how tasks run on their nodes: codes, separated by <c>; </c>, each with what else there is to say after an
/// equals sign. What the book does not know is shown as it is.
/// </summary>
public static class NodeNotes
{
    /// <summary>The texts by code.</summary>
    public static readonly Phrasebook Book = new(new Dictionary<string, Phrase>(StringComparer.Ordinal)
    {
        ["sandbox-off"] = ("sandbox switched off", "沙箱已关闭"),
        ["no-bubblewrap"] = ("no sandbox: install bubblewrap", "没有沙箱：请安装 bubblewrap"),
        ["sandbox-fails"] = ("no sandbox: {0}", "没有沙箱：{0}"),
        ["no-limits"] = ("no limits: control groups cannot be written", "没有资源限额：无法写入控制组"),
        ["own-user"] = ("tasks run as the agent's own user", "任务以代理自身的用户运行"),
    });

    /// <summary>The note in words.</summary>
    public static string Say(Language language, string note) => string.Join("; ", note.Split("; ").Select(part =>
    {
        var at = part.IndexOf('=', StringComparison.Ordinal);
        var code = at < 0 ? part : part[..at];
        return !Book.Knows(code) ? part : Book.Say(language, code, at < 0 ? [] : [part[(at + 1)..]]);
    }));
}
