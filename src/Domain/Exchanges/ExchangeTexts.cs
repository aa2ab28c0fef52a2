using Meridian.Primitives;

namespace Meridian.Domain.Exchanges;

/// <summary>What each reason for the failure of an exchange says. All but the last few are those that depots report.</summary>
public static class ExchangeTexts
{
    /// <summary>The texts by code.</summary>
    public static readonly Phrasebook Book = new(new Dictionary<string, Phrase>(StringComparer.Ordinal)
    {
        ["outside-denied"] = (
            "the depot may not reach '{0}': its operator has to allow the host in the depot's stores file",
            "中转库不允许访问“{0}”：须由其运营者在存储配置文件中放行该主机"),
        ["outside-store"] = (
            "the depot has no store '{0}' that this project may use: ask its operator",
            "中转库没有本项目可用的存储“{0}”：请联系其运营者"),
        ["outside-folder"] = (
            "the depot may not use '{0}' for this project: its operator has to open the folder in the depot's stores file",
            "中转库不允许本项目使用“{0}”：须由其运营者在存储配置文件中开放该目录"),
        ["outside-settings"] = ("the depot's stores file cannot be used: {0}", "中转库的存储配置文件无法使用：{0}"),
        ["outside-missing"] = ("there is nothing at '{0}' (404)", "“{0}”处没有内容（404）"),
        ["outside-forbidden"] = ("'{0}' may not be read with what the depot shows ({1})", "中转库的凭据无权访问“{0}”（{1}）"),
        ["outside-refused"] = ("'{0}' was refused ({1})", "“{0}”被拒绝（{1}）"),
        ["outside-changed"] = (
            "'{0}' changed while it was read: order it again when nobody writes it", "“{0}”在读取过程中发生变化：请待其不再改动后重新发起"),
        ["outside-unreachable"] = ("'{0}' cannot be reached, or the line broke too often: {1}", "无法连接“{0}”，或线路中断过多：{1}"),
        ["outside-hash"] = ("'{0}' has another hash than asked for: {1}", "“{0}”的哈希与要求不符：{1}"),
        ["outside-name"] = ("'{0}' cannot be a name in a dataset: {1}", "“{0}”不能作为数据集中的名称：{1}"),
        ["outside-size"] = ("'{0}' has {1} bytes at the store, where {2} were sent", "“{0}”在存储中有 {1} 字节，而发送了 {2} 字节"),
        ["outside-link"] = (
            "'{0}' is a symbolic link, which a store of objects cannot hold: export a dataset without links", "“{0}”是符号链接，对象存储无法保存：请导出不含链接的数据集"),
        ["outside-unfit"] = ("what came cannot become a dataset: {0}", "收到的内容不能成为数据集：{0}"),
        ["depot-full"] = ("the depot has no room: {0}", "中转库空间不足：{0}"),
        ["agent-banned"] = ("agent {0} was cut off", "代理 {0} 已被封禁"),
        ["cancelled"] = ("cancelled", "已取消"),
        ["failed"] = ("it failed: {0}", "失败：{0}"),
    });
}
