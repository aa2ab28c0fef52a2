using Meridian.Datasets;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Jobs;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>Between the words of the wire and the words of the domain.</summary>
internal static class AgentWire
{
    private const int TextMax = 2000;
    private const int ParticularsMax = 4;
    private const int KeysMax = TransferRules.SiteCountMax * TransferSeal.KeyCountOfSiteMax;

    internal static AttemptId ToDomain(this AttemptKey key) => new(key.Job, key.Task, key.Attempt);

    internal static AttemptKey ToWire(this AttemptId id) => new() { Job = id.Job, Task = id.Task, Attempt = id.Number };

    internal static DomainCommand ToCommand(this AttemptReport report, NodeId node)
    {
        var id = report.Key.ToDomain();
        if (report.State == AttemptReport.Types.State.Started)
            return new ReportStarted(id, node, report.Sandboxed, Short(report.Endpoint));

        var end = report.State switch
        {
            AttemptReport.Types.State.Succeeded => AttemptEnd.Succeeded,
            AttemptReport.Types.State.Failed => AttemptEnd.Failed,
            AttemptReport.Types.State.Stopped => AttemptEnd.Stopped,
            _ => AttemptEnd.Lost,
        };
        return new ReportEnded(id, node, end, new(
            report.ExitCode, ReasonOf(report.Reason, report.Particulars),
            TimeSpan.FromMilliseconds(Math.Max(0, report.RunMilliseconds)),
            TimeSpan.FromMilliseconds(Math.Max(0, report.CpuMilliseconds)), new(Math.Max(0, report.MemoryPeakBytes)),
            [.. report.Outputs.Select(o => new NamedPart(o.Name, new DatasetPart(new(o.Root), new(Math.Max(0, o.Bytes)), o.Files)))]));
    }

    internal static ReportExchange ToCommand(this ExchangeReport report, NodeId node) => new(
        report.Exchange, node, new(new(Short(report.Root)), new(Math.Max(0, report.BytesDone)), Math.Max(0, report.Files)),
        report.State == ExchangeReport.Types.State.Done ? null : ReasonOf(report.Reason, report.Particulars) ?? Reason.Of("failed", ""));

    /// <summary>A name that no depot could have is a failure as well: tickets could not name it.</summary>
    internal static ReportSeal ToCommand(this SealReport report, NodeId node) => new(
        report.Transfer,
        new(new(report.Root), node, new(report.SealedRoot), [.. report.Keys.Take(KeysMax).Select(k => new Domain.Data.SealedKey(new(k.Agent), k.Key.ToBase64()))]),
        report.Reason.Length > 0 ? Short(report.Reason) : ManifestRoot.TryParse(report.SealedRoot, out _) ? "" : "bad-seal");

    private static Reason? ReasonOf(string code, IEnumerable<string> particulars) => code.Length == 0
        ? null
        : new(Short(code), [.. particulars.Take(ParticularsMax).Select(Short)]);

    private static string Short(string text) => text.Length <= TextMax ? text : text[..TextMax];
}
