using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Domain;

/// <summary>What people call the resources and places that faults and reasons name by a code.</summary>
public static class ResourceWords
{
    /// <summary>The words by code.</summary>
    public static readonly IDictionary<string, Phrase> ByCode = new Dictionary<string, Phrase>(StringComparer.Ordinal)
    {
        ["cpu"] = ("cores", "核数"),
        ["memory"] = ("memory", "内存"),
        ["disk"] = ("disk", "磁盘"),
        ["accelerators"] = ("accelerators", "加速器"),
        ["bandwidth"] = ("bandwidth", "带宽"),
        ["node"] = ("node", "节点"),
        ["site"] = ("site", "站点"),
        ["region"] = ("region", "区域"),
        ["switch"] = ("switch", "交换机"),
        ["tasks"] = ("running tasks", "运行任务数"),
    };

    /// <summary>The code of the kind of place in which tasks are kept together.</summary>
    public static string CodeOf(Together together) => together switch
    {
        Together.Node => "node",
        Together.Switch => "switch",
        _ => "site",
    };
}
