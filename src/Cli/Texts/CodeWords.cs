using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>The server's codes of states, modes and the like, in words for tables and messages. Other forms of output keep the codes.</summary>
internal static class CodeWords
{
    private static readonly SortedDictionary<string, string> Chinese = new(StringComparer.Ordinal)
    {
        ["yes"] = "是",
        ["no"] = "否",
        ["waiting"] = "等待",
        ["staging"] = "数据就位中",
        ["running"] = "运行中",
        ["succeeded"] = "成功",
        ["failed"] = "失败",
        ["cancelled"] = "已取消",
        ["requeued"] = "重新排队",
        ["admitted"] = "已受理",
        ["planned"] = "计划中",
        ["active"] = "生效中",
        ["over"] = "已结束",
        ["reservation"] = "预留",
        ["moving"] = "传输中",
        ["paused"] = "已暂停",
        ["done"] = "完成",
        ["ready"] = "就绪",
        ["enrolled"] = "已登记",
        ["lost"] = "失联",
        ["banned"] = "已封禁",
        ["connected"] = "已连接",
        ["dedicated"] = "专线",
        ["aggregated"] = "聚合",
        ["offpeak"] = "错峰",
        ["send"] = "发送",
        ["delivery"] = "作业结果",
        ["import"] = "导入",
        ["export"] = "导出",
        ["chosen"] = "选中",
        ["eligible"] = "可用",
        ["refused"] = "不满足",
        ["core"] = "核心",
        ["region"] = "区域",
        ["edge"] = "边缘",
        ["device"] = "设备",
        ["submitted"] = "已提交",
        ["placed"] = "已放置",
        ["staging-started"] = "数据开始就位",
        ["staged"] = "数据已就位",
        ["started"] = "已启动",
        ["finished"] = "已结束",
        ["retried"] = "已重试",
        ["compute"] = "计算",
        ["transfer"] = "传输",
        ["metro"] = "城域",
        ["nation"] = "全国",
        ["beyond"] = "圈外",
        ["in-force"] = "已生效",
    };

    /// <summary>The word for the code, which may be followed by a colon and what it is about; a code without a word is its own.</summary>
    internal static string In(Language language, string code)
    {
        if (language != Language.Chinese)
            return code;
        var length = code.IndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon ? colon : code.Length;
        return Chinese.TryGetValue(code[..length], out var word) ? word + code[length..] : code;
    }
}
