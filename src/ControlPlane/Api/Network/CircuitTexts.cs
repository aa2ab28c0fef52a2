using Meridian.Primitives;

namespace Meridian.ControlPlane.Api;

/// <summary>Why a circuit is not in force, by the codes that agents give.</summary>
public static class CircuitTexts
{
    /// <summary>The texts by code.</summary>
    public static readonly Phrasebook Book = new(new Dictionary<string, Phrase>(StringComparer.Ordinal)
    {
        ["no-address"] = ("the address of {0} is not known", "不知道 {0} 的地址"),
        ["no-route"] = ("the host has no route to {0}", "主机没有通往 {0} 的路由"),
        ["same-host"] = ("{0} is on the same host: nothing is to be held", "{0} 在同一主机上：无需保持"),
        ["foreign-qdisc"] = ("somebody else set the device's queueing up, and it is left alone: {0}", "设备的队列由他人设置，不予改动：{0}"),
        ["tool-failed"] = ("a tool of the system refused: {0}", "系统工具拒绝：{0}"),
        ["no-segment-routing"] = ("the host knows no segment routing: {0}", "主机不支持段路由：{0}"),
        ["host-taken"] = ("another agent holds the circuits of this host{0}", "此主机的电路由另一代理管理{0}"),
    });
}
