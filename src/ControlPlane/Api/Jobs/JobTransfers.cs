using Meridian.Domain;
using Meridian.Domain.Data;

namespace Meridian.ControlPlane.Api;

/// <summary>Finds the transfers of a job.</summary>
internal sealed class JobTransfers
{
    private readonly Threads<Transfer, long> _threads = new(transfer => transfer.Job);

    /// <summary>The job's transfers, the newest first.</summary>
    public IEnumerable<Transfer> Of(DataState data, long job, int countMax) =>
        _threads.Newest(data.Transfers, job, below: null, countMax).Select(entry => entry.Value);

    /// <summary>The bytes that were sent to each node for the job.</summary>
    public IReadOnlyDictionary<NodeId, long> BytesMoved(DataState data, long job) => Of(data, job, ListQuery.LimitMax)
        .SelectMany(transfer => transfer.Hops)
        .GroupBy(hop => hop.To)
        .ToDictionary(group => group.Key, group => group.Sum(hop => hop.BytesMoved));
}
