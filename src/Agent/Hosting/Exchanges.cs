using System.Collections.Concurrent;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <summary>Datasets between this agent's depot and stores outside the domain. The stores file is read for each order, so that it can be changed at any time.</summary>
internal sealed class Exchanges(DepotStore store, string storesPath, TimeProvider time) : IExchanges
{
    private readonly OutsideImport _imports = new(store, new LocalDisk(), new OutsideOptions(), time);
    private readonly OutsideExport _exports = new(store, new OutsideOptions(), time);
    private readonly FolderExchange _folders = new(store);
    private readonly ConcurrentDictionary<long, Running> _running = new();

    /// <inheritdoc/>
    public IReadOnlyList<long> Left => [.. _imports.Begun, .. _exports.Begun];

    /// <inheritdoc/>
    public IEnumerable<ExchangeReport> Progress() => _running.Select(running => new ExchangeReport
    {
        Exchange = running.Key,
        State = ExchangeReport.Types.State.Moving,
        BytesDone = running.Value.Progress.Done.Bytes,
        BytesTotal = running.Value.Progress.Total.Bytes,
    });

    /// <inheritdoc/>
    public async Task<ExchangeReport> RunAsync(ExchangeOrder order, CancellationToken cancellation)
    {
        using var running = new Running(cancellation);
        _running[order.Exchange] = running;
        try
        {
            return order.Export ? await ExportAsync(order, running) : await ImportAsync(order, running);
        }
        catch (OperationCanceledException)
        {
            if (!cancellation.IsCancellationRequested)
                await AbandonAsync(order);
            return Failed(order.Exchange, Reason.Of("cancelled"));
        }
        catch (Exception failure) when (failure is not InvariantBrokenException)
        {
            await AbandonAsync(order);
            return Failed(order.Exchange, OutsideException.ReasonOf(failure));
        }
        finally
        {
            _running.TryRemove(order.Exchange, out _);
        }
    }

    /// <inheritdoc/>
    public void Cancel(long exchange)
    {
        if (_running.TryGetValue(exchange, out var running))
        {
            running.Cancel();
            return;
        }

        _imports.Abandon(exchange);
        _exports.Forget(exchange);
    }

    private async Task<ExchangeReport> ImportAsync(ExchangeOrder order, Running running)
    {
        var outside = Outside(order);
        var manifest = outside.Url.Scheme == FolderExchange.Scheme
            ? await _folders.ImportAsync(outside, Settings(), running.Progress, running.Token)
            : await _imports.RunAsync(outside, Settings(), running.Progress, running.Token);
        return new()
        {
            Exchange = order.Exchange,
            State = ExchangeReport.Types.State.Done,
            BytesDone = manifest.Size.Bytes,
            BytesTotal = manifest.Size.Bytes,
            Root = manifest.Root.ToString(),
            Files = manifest.FileCount,
        };
    }

    private async Task<ExchangeReport> ExportAsync(ExchangeOrder order, Running running)
    {
        var roots = order.Roots.Select(text => ManifestRoot.TryParse(text, out var root)
            ? root
            : throw new IngestException($"'{text}' is no dataset's root.", inner: null)).ToList();
        var outside = Outside(order);
        await (outside.Url.Scheme == FolderExchange.Scheme
            ? _folders.ExportAsync(outside, roots, Settings(), running.Progress, running.Token)
            : _exports.RunAsync(outside, roots, Settings(), running.Progress, running.Token));
        return new()
        {
            Exchange = order.Exchange,
            State = ExchangeReport.Types.State.Done,
            BytesDone = running.Progress.Done.Bytes,
            BytesTotal = running.Progress.Total.Bytes,
        };
    }

    /// <summary>Leaves nothing of what will not go on. What cannot be taken back from a store stays there, unfinished.</summary>
    private async Task AbandonAsync(ExchangeOrder order)
    {
        _imports.Abandon(order.Exchange);
        try
        {
            if (order.Export && order.Url.StartsWith(OutsideImport.S3Scheme, StringComparison.Ordinal))
                await _exports.AbandonAsync(Outside(order), Settings(), CancellationToken.None);
        }
        catch (DepotException)
        {
            _exports.Forget(order.Exchange);
        }
    }

    private OutsideSettings Settings() => OutsideSettings.Read(storesPath, Environment.GetEnvironmentVariable);

    private static OutsideOrder Outside(ExchangeOrder order) => new(
        order.Exchange, new Uri(order.Url), order.Endpoint.Length == 0 ? null : new Uri(order.Endpoint), order.Store, order.Project, order.Sha256);

    private static ExchangeReport Failed(long exchange, Reason reason) => new()
    {
        Exchange = exchange,
        State = ExchangeReport.Types.State.Failed,
        Reason = reason.Code,
        Particulars = { reason.Particulars },
    };

    /// <summary>An exchange under way: it can be ended, and knows how far it has come.</summary>
    private sealed class Running(CancellationToken cancellation) : IDisposable
    {
        private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        internal ExchangeProgress Progress { get; } = new();

        internal CancellationToken Token => _ending.Token;

        public void Dispose() => _ending.Dispose();

        internal void Cancel()
        {
            try
            {
                _ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }
}
