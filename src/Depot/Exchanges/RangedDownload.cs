using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Depot;

/// <summary>
/// Brings one file in from outside: in parts side by side where the store gives parts and says which version they are of, and
/// otherwise in one stream. Parts of two versions are never mixed.
/// </summary>
internal sealed class RangedDownload(IOutsideFile file, string target, ImportRun run)
{
    private const int BufferBytes = 256 * 1024;

    private long PartBytes => run.Patience.Options.PartSize.Bytes;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var known = run.Ledger.Find(file.Path);
        if (known is { IsWhole: true })
        {
            run.Progress.Add(known.Head.SizeBytes, known.Head.SizeBytes);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        known ??= file.Head is { } head ? Begin(head) : await AskAsync(cancellation);
        if (known is { IsWhole: false })
            await FetchPartsAsync(known, cancellation);
    }

    /// <summary>Asks for the first part. A store that gives the whole file instead is taken at its word.</summary>
    private async Task<ImportLedger.Progress> AskAsync(CancellationToken cancellation)
    {
        ImportLedger.Progress? begun = null;
        var mayRange = true;
        await run.Patience.RunAsync(
            file.Address,
            async watch =>
            {
                using var read = await file.OpenAsync(mayRange ? new(From: 0, PartBytes) : ByteSpan.Everything, validator: "", watch);
                if (read.IsPart && read.SizeBytes > PartBytes && read.Validator.Length == 0)
                {
                    // Nothing tells versions apart, so parts could be of two.
                    mayRange = false;
                    return false;
                }

                if (read.IsPart && read.SizeBytes > PartBytes)
                    await TakeFirstPartAsync(begun = Begin(new(read.SizeBytes.Value, read.Validator, read.ModifiedAt)), read, watch);
                else
                    begun = await TakeWholeAsync(read, watch);
                return true;
            },
            () => 0,
            cancellation);
        return begun!;
    }

    private ImportLedger.Progress Begin(OutsideHead head)
    {
        run.Store.EnsureRoom(new(head.SizeBytes));
        using (var handle = File.OpenHandle(target, FileMode.Create, FileAccess.Write))
            RandomAccess.SetLength(handle, head.SizeBytes);
        var begun = run.Ledger.Begin(file.Path, head, PartBytes);
        if (head.SizeBytes > 0)
            return begun;
        run.Ledger.MarkWhole(file.Path, head);
        return begun with { IsWhole = true };
    }

    private async Task TakeFirstPartAsync(ImportLedger.Progress begun, OutsideRead read, SilenceWatch watch)
    {
        long done = 0;
        using var handle = File.OpenHandle(target, FileMode.Open, FileAccess.Write);
        try
        {
            await CopyAsync(read.Body, handle, 0, SizeOf(begun, 0), watch, count => done += count);
        }
        catch (LineBrokenException)
        {
            return; // It comes again, like every part that is not marked.
        }

        if (done == SizeOf(begun, 0))
            run.Ledger.Mark(file.Path, 0, done);
    }

    /// <summary>Takes all of the file from one answer. What a broken line leaves is written over by the next attempt.</summary>
    private async Task<ImportLedger.Progress> TakeWholeAsync(OutsideRead read, SilenceWatch watch)
    {
        if (read.SizeBytes is { } size)
            run.Store.EnsureRoom(new(size));
        using var handle = File.OpenHandle(target, FileMode.Create, FileAccess.Write);
        long written = 0;
        await CopyAsync(read.Body, handle, 0, read.SizeBytes, watch, count => written += count);
        if (read.SizeBytes is { } promised && promised != written)
            throw new LineBrokenException("The body ended too early.", inner: null);
        var head = new OutsideHead(written, read.Validator, read.ModifiedAt);
        run.Progress.Add(written, written);
        run.Ledger.MarkWhole(file.Path, head);
        return new(head, PartBytes: 0, IsWhole: true, []);
    }

    private async Task FetchPartsAsync(ImportLedger.Progress known, CancellationToken cancellation)
    {
        var partCount = (int)((known.Head.SizeBytes + known.PartBytes - 1) / known.PartBytes);
        var missing = Enumerable.Range(0, partCount).Except(known.Parts).ToList();
        var here = known.Parts.Sum(part => SizeOf(known, part));
        run.Progress.Add(here, known.Head.SizeBytes);
        using var handle = File.OpenHandle(target, FileMode.Open, FileAccess.Write);
        await Parallel.ForEachAsync(
            missing, new ParallelOptions { MaxDegreeOfParallelism = run.Patience.Options.ParallelCount, CancellationToken = cancellation },
            async (part, token) => await FetchPartAsync(known, part, handle, token));
        run.Ledger.MarkWhole(file.Path, known.Head);
    }

    private async Task FetchPartAsync(ImportLedger.Progress known, int part, SafeFileHandle handle, CancellationToken cancellation)
    {
        var (begin, size) = (part * known.PartBytes, SizeOf(known, part));
        long done = 0;
        await run.Patience.RunAsync(
            file.Address,
            async watch =>
            {
                using var read = await file.OpenAsync(new(begin + done, size - done), known.Head.Validator, watch);
                if (read.SizeBytes != known.Head.SizeBytes)
                    throw OutsideException.Of("outside-changed", file.Address);
                var before = done;
                await CopyAsync(read.Body, handle, begin + done, size - done, watch, count =>
                {
                    done += count;
                    run.Progress.Add(count, 0);
                });
                return done == size || (done == before ? throw new LineBrokenException("The answer was empty.", inner: null) : false);
            },
            () => done,
            cancellation);
        run.Ledger.Mark(file.Path, part, size);
    }

    private void Write(SafeFileHandle handle, ReadOnlySpan<byte> content, long offset)
    {
        try
        {
            run.Disk.Write(handle, content, offset);
        }
        catch (IOException fault) when (DepotFullException.IsMeantBy(fault))
        {
            throw new DepotFullException(target, new(content.Length), fault);
        }
    }

    private static long SizeOf(ImportLedger.Progress known, int part) =>
        Math.Min(known.PartBytes, known.Head.SizeBytes - (part * known.PartBytes));

    /// <summary>Writes the body to its place as it comes, at most so many bytes, and tells of each piece.</summary>
    private async Task CopyAsync(Stream body, SafeFileHandle handle, long offset, long? bytesMax, SilenceWatch watch, Action<int> tell)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (long written = 0; bytesMax is null || written < bytesMax;)
            {
                var room = (int)Math.Min(buffer.Length, (bytesMax ?? long.MaxValue) - written);
                var count = await watch.GuardAsync(token => body.ReadAsync(buffer.AsMemory(0, room), token));
                if (count == 0)
                    return;
                Write(handle, buffer.AsSpan(0, count), offset + written);
                written += count;
                tell(count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
