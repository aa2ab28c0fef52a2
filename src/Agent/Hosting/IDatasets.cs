using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <summary>Datasets between the depot and stores outside the domain.</summary>
internal interface IExchanges
{
    /// <summary>Exchanges that an earlier life of the agent left half done.</summary>
    IReadOnlyList<long> Left { get; }

    /// <summary>How far the exchanges have come that are under way.</summary>
    IEnumerable<ExchangeReport> Progress();

    /// <summary>Brings a dataset in, or sends one out. Never throws: the report says how it went.</summary>
    Task<ExchangeReport> RunAsync(ExchangeOrder order, CancellationToken cancellation);

    /// <summary>Ends an exchange and removes what it has brought so far, whether it is under way or was left.</summary>
    void Cancel(long exchange);
}

/// <summary>What tasks read and leave: the seam to the depot.</summary>
internal interface IDatasets
{
    /// <summary>A read-only folder with the content of all parts side by side.</summary>
    Task<string> FolderOfAsync(IReadOnlyList<string> roots, CancellationToken cancellation);

    /// <summary>Takes a result into the depot.</summary>
    Task<OutputResult> IngestAsync(string name, string path, CancellationToken cancellation);

    /// <summary>How far the pulls have come that are under way.</summary>
    IEnumerable<TransferReport> Progress();

    /// <summary>Pulls a dataset from other depots, from each at its held rate. Never throws: the report says how it went.</summary>
    Task<TransferReport> PullAsync(FetchDataset order, CancellationToken cancellation);

    /// <summary>Seals a dataset for others to pull. Never throws: the report says how it went.</summary>
    Task<SealReport> SealAsync(SealDataset order, CancellationToken cancellation);

    /// <summary>Ends a pull.</summary>
    void CancelPull(long transfer);

    /// <summary>What goes on between the depot and stores outside the domain.</summary>
    IExchanges Exchanges { get; }

    /// <summary>Removes a dataset that nobody names any more.</summary>
    Task DropAsync(string root, CancellationToken cancellation);
}
