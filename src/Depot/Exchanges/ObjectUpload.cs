using System.Buffers;
using System.Security.Cryptography;
using Amazon.S3.Model;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>What the uploads of one export share.</summary>
internal sealed record ExportRun(S3Line Line, string Bucket, ExportLedger Ledger, OutsidePatience Patience, ExchangeProgress Progress);

/// <summary>
/// Sends one file out as an object: small ones at once, large ones in parts side by side. Every chunk is verified as it is read, and
/// the store is told the hash of every body, so that damage on either side of the line is found.
/// </summary>
internal sealed class ObjectUpload(ManifestEntry.File file, IChunkSource source, string key, ExportRun run)
{
    private const string Missing = "outside-missing";
    private const int PartBytes = 16 * 1024 * 1024;
    private const int PartCountMax = 10_000;

    private readonly Parts _parts = new(file, ChunksPerPart(file));

    private string Address => $"s3://{run.Bucket}/{Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal)}";

    public async Task RunAsync(CancellationToken cancellation)
    {
        var known = run.Ledger.Find(file.Path);
        if (known is { IsWhole: true })
        {
            run.Progress.Add(file.SizeBytes, 0);
            return;
        }

        if (_parts.Count <= 1)
            await PutAsync(cancellation);
        else
            await PutPartsAsync(known, cancellation);
        run.Ledger.MarkWhole(file.Path);
    }

    private async Task PutAsync(CancellationToken cancellation)
    {
        await AskAsync(
            watch => WithBodyAsync(part: 0, watch, (body, hash, token) => run.Line.Client.PutObjectAsync(
                new() { BucketName = run.Bucket, Key = key, InputStream = body, MD5Digest = hash, AutoCloseStream = false, UseChunkEncoding = false }, token)),
            cancellation);
        run.Progress.Add(file.SizeBytes, 0);
    }

    private async Task PutPartsAsync(ExportLedger.Upload? known, CancellationToken cancellation)
    {
        try
        {
            var upload = known ?? await BeginAsync(cancellation);
            await SendPartsAsync(upload, cancellation);
        }
        catch (OutsideException gone) when (known is not null && gone.Reason.Code is (Missing or "outside-unreachable"))
        {
            // The store has given the unfinished upload up meanwhile; some say so as a failure of their own.
            await SendPartsAsync(await BeginAsync(cancellation), cancellation);
        }
    }

    private async Task<ExportLedger.Upload> BeginAsync(CancellationToken cancellation)
    {
        var begun = await AskAsync(
            watch => S3Line.AskAsync(Address, watch, token => run.Line.Client.InitiateMultipartUploadAsync(run.Bucket, key, token)), cancellation);
        return run.Ledger.Begin(file.Path, begun.UploadId);
    }

    private async Task SendPartsAsync(ExportLedger.Upload upload, CancellationToken cancellation)
    {
        run.Progress.Add(upload.Tags.Keys.Sum(number => _parts.SizeOf(number - 1)), 0);
        var missing = Enumerable.Range(1, _parts.Count).Except(upload.Tags.Keys).ToList();
        await Parallel.ForEachAsync(
            missing, new ParallelOptions { MaxDegreeOfParallelism = run.Patience.Options.ParallelCount, CancellationToken = cancellation },
            async (number, token) => await SendPartAsync(upload.Id, number, token));
        var request = new CompleteMultipartUploadRequest { BucketName = run.Bucket, Key = key, UploadId = upload.Id };
        request.AddPartETags(run.Ledger.Find(file.Path)!.Tags.Select(tag => new PartETag(tag.Key, tag.Value)));
        await CompleteAsync(request, cancellation);
        var stored = await AskAsync(
            watch => S3Line.AskAsync(Address, watch, token => run.Line.Client.GetObjectMetadataAsync(run.Bucket, key, token)), cancellation);
        if (stored.ContentLength != file.SizeBytes)
            throw OutsideException.Of("outside-size", Address, stored.ContentLength, file.SizeBytes);
    }

    private Task<bool> CompleteAsync(CompleteMultipartUploadRequest request, CancellationToken cancellation)
    {
        var attemptCount = 0;
        return AskAsync(
            async watch =>
            {
                try
                {
                    attemptCount++;
                    await S3Line.AskAsync(Address, watch, token => run.Line.Client.CompleteMultipartUploadAsync(request, token));
                }
                catch (OutsideException gone) when (attemptCount > 1 && gone.Reason.Code == Missing)
                {
                    // It was completed, and the answer that said so was lost. The object's size is looked at next.
                }

                return true;
            },
            cancellation);
    }

    private async Task SendPartAsync(string upload, int number, CancellationToken cancellation)
    {
        var answer = await AskAsync(
            watch => WithBodyAsync(number - 1, watch, (body, hash, token) => run.Line.Client.UploadPartAsync(
                new()
                {
                    BucketName = run.Bucket,
                    Key = key,
                    UploadId = upload,
                    PartNumber = number,
                    PartSize = body.Length,
                    InputStream = body,
                    MD5Digest = hash,
                    UseChunkEncoding = false,
                },
                token)),
            cancellation);
        run.Ledger.Mark(file.Path, number, answer.ETag);
        run.Progress.Add(_parts.SizeOf(number - 1), 0);
    }

    private async Task<T> AskAsync<T>(Func<SilenceWatch, Task<T>> ask, CancellationToken cancellation)
    {
        T? answer = default;
        await run.Patience.RunAsync(
            Address,
            async watch =>
            {
                answer = await ask(watch);
                return true;
            },
            () => 0,
            cancellation);
        return answer!;
    }

    /// <summary>Reads and verifies a part of the file, and lends it as a body with its hash.</summary>
    private async Task<T> WithBodyAsync<T>(int part, SilenceWatch watch, Func<Stream, string, CancellationToken, Task<T>> send)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, (int)_parts.SizeOf(part)));
        try
        {
            var count = 0;
            foreach (var chunk in _parts.ChunksOf(part))
            {
                source.ReadChunk(chunk, buffer.AsSpan(count, chunk.SizeBytes));
                count += chunk.SizeBytes;
            }

#pragma warning disable CA5351 // Against damage on the line, not against people: every S3-compatible store verifies this hash.
            var hash = Convert.ToBase64String(MD5.HashData(buffer.AsSpan(0, count)));
#pragma warning restore CA5351
            using var body = new SpokenBody(buffer, count, watch);
            return await S3Line.AskAsync(Address, watch, token => send(body, hash, token));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Parts of 16 MiB, as long as there are not too many: stores take none below 5 MiB but the last.
    private static int ChunksPerPart(ManifestEntry.File file) => file.Chunks.IsEmpty
        ? 1
        : Math.Max(Math.Max(1, PartBytes / file.Chunks[0].SizeBytes), (file.Chunks.Length + PartCountMax - 1) / PartCountMax);

    /// <summary>The chunks of a file in groups, which are the parts of its object.</summary>
    private sealed class Parts(ManifestEntry.File file, int chunksPerPart)
    {
        public int Count => (file.Chunks.Length + chunksPerPart - 1) / chunksPerPart;

        public IEnumerable<Chunk> ChunksOf(int part) => file.Chunks.Skip(part * chunksPerPart).Take(chunksPerPart);

        public long SizeOf(int part) => ChunksOf(part).Sum(chunk => (long)chunk.SizeBytes);
    }

    /// <summary>A body that is on its way counts as speech, so that a slow line is not taken for a silent store.</summary>
    private sealed class SpokenBody(byte[] content, int count, SilenceWatch watch) : MemoryStream(content, 0, count, writable: false)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            watch.Resume();
            return base.ReadAsync(buffer, cancellationToken);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            watch.Resume();
            return base.ReadAsync(buffer, offset, count, cancellationToken);
        }
    }
}
