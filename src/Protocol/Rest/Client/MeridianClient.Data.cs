using System.Globalization;

namespace Meridian.Protocol.Rest;

public sealed partial class MeridianClient
{
    public Task<Page<DatasetView>> GetDatasetsAsync(string? project, PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<DatasetView>>(
            "datasets" + Query(
                ("project", project), ("cursor", page.Cursor), ("limit", Text(page.Limit)), ("sort", page.Sort)),
            cancellation);

    public Task<DatasetView> GetDatasetAsync(string project, string name, CancellationToken cancellation) =>
        GetAsync<DatasetView>($"datasets/{Escaped(project)}/{Escaped(name)}", cancellation);

    public Task RemoveDatasetAsync(string project, string name, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Delete, $"datasets/{Escaped(project)}/{Escaped(name)}", body: null, cancellation);

    public Task<UploadTicket> BeginUploadAsync(UploadRequest request, CancellationToken cancellation) =>
        WriteAsync<UploadTicket>(HttpMethod.Post, "datasets/uploads", request, cancellation);

    public Task<DatasetView> CommitUploadAsync(UploadCommit commit, CancellationToken cancellation) =>
        WriteAsync<DatasetView>(HttpMethod.Post, "datasets", commit, cancellation);

    /// <summary>A ticket for every part of the dataset, since each task may have left one; version null is the newest.</summary>
    public Task<IReadOnlyList<DownloadTicket>> BeginDownloadAsync(
        string project, string name, int? version, CancellationToken cancellation) =>
        WriteAsync<IReadOnlyList<DownloadTicket>>(
            HttpMethod.Post,
            $"datasets/{Escaped(project)}/{Escaped(name)}/download"
                + Query(("version", version?.ToString(CultureInfo.InvariantCulture))),
            body: null,
            cancellation);

    public Task<Page<TransferView>> GetTransfersAsync(string? state, PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<TransferView>>(
            "transfers" + Query(
                ("state", state), ("cursor", page.Cursor), ("limit", Text(page.Limit)), ("sort", page.Sort)),
            cancellation);

    public Task<TransferDetail> GetTransferAsync(long id, CancellationToken cancellation) =>
        GetAsync<TransferDetail>($"transfers/{id}", cancellation);

    /// <summary>Admits a transfer; refused where its arrival cannot be kept.</summary>
    public Task<TransferDetail> SendAsync(TransferWish wish, CancellationToken cancellation) =>
        WriteAsync<TransferDetail>(HttpMethod.Post, "transfers", wish, cancellation);

    /// <summary>What a transfer would cost and when it would be there.</summary>
    public Task<TransferQuote> QuoteTransferAsync(TransferWish wish, CancellationToken cancellation) =>
        WriteAsync<TransferQuote>(HttpMethod.Post, "transfers/quotes", wish, cancellation);

    /// <summary>Pauses, resumes or cancels a transfer.</summary>
    public Task ChangeTransferAsync(long id, string change, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Post, $"transfers/{id}/{change}", body: null, cancellation);

    /// <summary>Fetches a dataset from outside the domain, or sends one out.</summary>
    public Task<ExchangeView> OrderExchangeAsync(ExchangeWish wish, CancellationToken cancellation) =>
        WriteAsync<ExchangeView>(HttpMethod.Post, "exchanges", wish, cancellation);

    public Task<Page<ExchangeView>> GetExchangesAsync(string? state, PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<ExchangeView>>(
            "exchanges" + Query(
                ("state", state), ("cursor", page.Cursor), ("limit", Text(page.Limit)), ("sort", page.Sort)),
            cancellation);

    public Task<ExchangeView> GetExchangeAsync(long id, CancellationToken cancellation) =>
        GetAsync<ExchangeView>($"exchanges/{id}", cancellation);

    public Task CancelExchangeAsync(long id, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Post, $"exchanges/{id}/cancel", body: null, cancellation);
}
