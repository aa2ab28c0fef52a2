using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Runtime.ExceptionServices;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>
/// Fetches chunks into a landing from one or several depots at once: packed, several requests to each, each chunk
/// verified. A depot that fails for good is left out, as long as another one goes on.
/// </summary>
internal sealed class ChunkPull(
    ImmutableArray<Replica> replicas, Landing landing, TransferTally tally, DepotClientOptions options, TimeProvider clock)
{
    private const int PeerParallelCount = 2;

    /// <summary>The others that get the same at the same time; null for nobody.</summary>
    public SwarmOptions? Swarm { get; init; }

    /// <summary>How the chunks look on the line.</summary>
    public LineForm Form { get; init; } = new(landing.Manifest, whole: null, seal: null);

    /// <summary>Brings what a ledger lacks.</summary>
    public async Task FetchAsync(ResumeLedger ledger, Pacer? pacer, CancellationToken cancellation)
    {
        tally.Begin(ledger.PresentSize);
        var board = Plan(ledger);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var news = Task.WhenAll(replicas.Where(replica => replica.IsPeer).Select(
            peer => new PeerNews(peer, Form, board, clock).FollowAsync(done.Token)));

        // Each begins on its own, so that one whose first request blocks does not hold up the others.
        var faults = await Task.WhenAll(replicas.Select(
            replica => Task.Run(() => FetchFromAsync(replica, board, pacer, cancellation), cancellation)));
        await done.CancelAsync();
        await news;
        var lackingCount = ledger.Missing.Count(chunk => !landing.Has(chunk));
        if (lackingCount > 0)
            ExceptionDispatchInfo.Throw(faults.FirstOrDefault(fault => fault is not null) ?? new PeersSilentException(lackingCount));
    }

    /// <summary>
    /// Divides the work. Among receivers that help each other each begins at another place, with small packs, so that
    /// what it has got can be passed on soon.
    /// </summary>
    private PackBoard Plan(ResumeLedger ledger)
    {
        var patience = new BoardPatience(TimeSpan.FromSeconds(3), options.SilenceMax);
        if (Swarm is not { } swarm)
            return new(Pack.Plan(ledger.Missing, options.PackSize, options.PackChunkCount), 0, replicas, patience, clock);

        var packs = Pack.Plan(ledger.Missing, new(Chunk.SizeBytesUsual), options.PackChunkCount);
        var count = Math.Max(1, swarm.Count);
        var begin = (int)((long)packs.Length * (swarm.Index % count) / count);
        var end = (int)((long)packs.Length * (swarm.Index % count + 1) / count);
        return new([.. packs[begin..], .. packs[..begin]], end - begin, replicas, patience, clock);
    }

    /// <summary>Lets a replica work until nothing is left or it fails; returns why it failed, or null.</summary>
    private async Task<DepotException?> FetchFromAsync(
        Replica replica, PackBoard board, Pacer? pacer, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var parallelCount = Math.Clamp(options.ParallelCount, 1, 64);
        if (replica.IsPeer)
            parallelCount = PeerParallelCount;
        else if (Swarm is { } swarm)
            parallelCount = Math.Clamp(2 * parallelCount / Math.Max(1, swarm.Count), 1, parallelCount);

        // Whoever is asked by many at once finishes a chunk the sooner, the fewer it sends at the same time.
        var helperCount = Swarm is null && !replica.IsPeer ? Math.Clamp(options.ParallelCountFar, parallelCount, 64) - parallelCount : 0;
        var faults = await Task.WhenAll(Enumerable.Range(0, parallelCount).Select(number => WorkAsync(number < helperCount)));
        board.Lose(replica);
        return faults.FirstOrDefault(fault => fault is not null);

        async Task<DepotException?> WorkAsync(bool mayCallHelp)
        {
            Task<DepotException?> help = Task.FromResult<DepotException?>(null);
            try
            {
                while (await board.TakeAsync(replica, replicas.Length > 1 || replica.IsPeer, either.Token) is { } work)
                {
                    await FetchPackAsync(replica, board, work, pacer, either.Token);
                    if (!mayCallHelp || !replica.IsFar)
                        continue;
                    mayCallHelp = false;
                    help = Task.Run(() => WorkAsync(mayCallHelp: false), CancellationToken.None);
                }
            }
            catch (DepotFullException)
            {
                await either.CancelAsync();
                throw;
            }
            catch (DepotException fault)
            {
                // Its other requests would fail in the same way; what they have not brought goes to others.
                await either.CancelAsync();
                return fault;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Another request failed, and says why.
            }
            finally
            {
                // Nobody writes any more when the transfer is over.
                await Task.WhenAny(help);
            }

            return await help;
        }
    }

    /// <summary>Asks for what of the pack is still missing, until nothing is or no attempt brings anything new.</summary>
    private async Task FetchPackAsync(
        Replica replica, PackBoard board, PackWork work, Pacer? pacer, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, work.Done);
        var corruptCounts = new Dictionary<ChunkHash, int>();
        var failureCount = 0;
        try
        {
            while (work.MissingCount is > 0 and var missingCount)
            {
                try
                {
                    await ReceiveAsync(replica, work, corruptCounts, pacer, either.Token);
                }
                catch (Exception fault) when (replica.IsPeer && fault is (LineBrokenException or DepotRefusedException))
                {
                    // It has gone, or has not got it after all; what it says next tells.
                    replica.Held = PeerHoldings.None;
                    return;
                }
                catch (LineBrokenException fault)
                {
                    failureCount = work.MissingCount < missingCount ? 1 : failureCount + 1;
                    await replica.Line.BackOffAsync(failureCount, fault, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (work.MissingCount == 0 && !cancellation.IsCancellationRequested)
        {
            // The other one that fetched this pack was faster.
        }
        finally
        {
            board.Leave(work, replica);
        }
    }

    private async Task ReceiveAsync(
        Replica replica,
        PackWork work,
        Dictionary<ChunkHash, int> corruptCounts,
        Pacer? pacer,
        CancellationToken cancellation)
    {
        using var watch = replica.Line.Watch(cancellation);
        var wanted = work.MissingFor(replica);
        var mayCode = !Form.IsSealed && replica.Coding.Next(options.Compression);
        using var list = JsonContent.Create(new ChunkList(
            [.. wanted.Select(place => Form.Of(work.Pack.Chunks[place]).Hash.ToString())], Verify: corruptCounts.Count > 0, mayCode ? [PackCoding.Name] : null));

        // Depots know the length of a list before they read it.
        await list.LoadIntoBufferAsync(cancellation);
        var askedAt = clock.GetTimestamp();
        using var response = await replica.Line.SendAsync(HttpMethod.Post, DepotWire.Packs, replica.Ticket, list, watch);
        var wait = clock.GetElapsedTime(askedAt);
        var isCoded = IsCoded(response, mayCode);
        await using var body = await BodyAsync(response, isCoded, [.. new[] { pacer, replica.Pacer }.OfType<Pacer>()], cancellation);
        using var frames = new FrameReader(body, watch);
        var plainBytes = 0L;
        foreach (var place in wanted)
        {
            var chunk = work.Pack.Chunks[place];
            var (frame, content) = await frames.ReadAsync();
            if (frame != Form.Of(chunk))
                throw new LineBrokenException("The depot sent what was not asked for.", inner: null);
            replica.Count(chunk.SizeBytes);
            plainBytes += chunk.SizeBytes;
            Accept(replica, work, place, content.Span, corruptCounts);
        }

        var all = clock.GetElapsedTime(askedAt);
        replica.Count(wait, all);
        replica.Coding.Note(isCoded, plainBytes, all);
    }

    private static bool IsCoded(HttpResponseMessage response, bool mayBe)
    {
        var codings = response.Content.Headers.ContentEncoding;
        return codings.Count > 0 && (codings.Count == 1 && mayBe && codings.Single() == PackCoding.Name
            ? true
            : throw new LineBrokenException("The depot sent a form that was not asked for.", inner: null));
    }

    private async Task<Stream> BodyAsync(HttpResponseMessage response, bool isCoded, ImmutableArray<Pacer> pacers, CancellationToken cancellation)
    {
        var line = new CountedBody(await response.Content.ReadAsStreamAsync(cancellation), pacers, tally.CountLine);
        return isCoded ? PackCoding.Decompress(line) : line;
    }

    private void Accept(
        Replica replica, PackWork work, int place, ReadOnlySpan<byte> content, Dictionary<ChunkHash, int> corruptCounts)
    {
        var chunk = work.Pack.Chunks[place];
        try
        {
            tally.Add(chunk, isNew: Form.Open(landing, chunk, content, replica.Line.Name));
            work.Tick(place);
        }
        catch (ChunkCorruptException)
        {
            var count = corruptCounts.GetValueOrDefault(chunk.Hash) + 1;
            if (count >= options.CorruptCountMax)
                throw new DepotSourceCorruptException(replica.Line.Depot, chunk.Hash, count);
            corruptCounts[chunk.Hash] = count;
        }
    }
}
