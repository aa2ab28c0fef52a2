using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>Between the words of the wire and the words of the domain.</summary>
internal static class AgentWire
{
    private const int TextMax = 2000;
    private const int ParticularsMax = 4;

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
            report.ExitCode, ReasonOf(report),
            TimeSpan.FromMilliseconds(Math.Max(0, report.RunMilliseconds)),
            TimeSpan.FromMilliseconds(Math.Max(0, report.CpuMilliseconds)), new(Math.Max(0, report.MemoryPeakBytes)),
            [.. report.Outputs.Select(o => new NamedPart(o.Name, new DatasetPart(new(o.Root), new(Math.Max(0, o.Bytes)), o.Files)))]));
    }

    private static Reason? ReasonOf(AttemptReport report) => report.Reason.Length == 0
        ? null
        : new(Short(report.Reason), [.. report.Particulars.Take(ParticularsMax).Select(Short)]);

    private static string Short(string text) => text.Length <= TextMax ? text : text[..TextMax];
}
