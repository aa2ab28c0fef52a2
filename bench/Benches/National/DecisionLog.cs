using System.Buffers.Binary;
using System.Collections.Concurrent;
using Meridian.Journal.Sqlite;
using Meridian.Primitives;
using Meridian.Scheduling.Quick;

namespace Meridian.Benches.National;

/// <summary>
/// Appends what was decided to a journal. Decisions are written into a buffer one after another; a thread appends full
/// buffers, each as one durable batch, while the next decisions are made. At most <see cref="BufferCount"/> are under way.
/// </summary>
internal sealed class DecisionLog : IDisposable
{
    internal const int BufferBytes = 1 << 20;

    private const int BufferCount = 8;
    private const int RecordBytesMax = 1 << 13;

    private readonly SqliteJournal _journal;
    private readonly BlockingCollection<(byte[] Buffer, int Length)> _full = new(BufferCount);
    private readonly BlockingCollection<byte[]> _free = [];
    private readonly Thread _thread;
    private Exception? _failure;
    private byte[] _buffer = new byte[BufferBytes];
    private int _length;

    internal DecisionLog(string file)
    {
        _journal = new(file);
        for (var i = 0; i < BufferCount; i++)
            _free.Add(new byte[BufferBytes]);
        _thread = new(Append) { IsBackground = true, Name = "journal" };
        _thread.Start();
    }

    /// <summary>How many bytes of records were written.</summary>
    internal long ByteCount { get; private set; }

    /// <summary>How many batches are durable.</summary>
    internal long BatchCount { get; private set; }

    /// <summary>A sum over all that was written, to compare with what is read back.</summary>
    internal ulong Digest { get; private set; } = DigestStart;

    private static ulong DigestStart => 14_695_981_039_346_656_037;

    /// <summary>Writes down a placement: the job, the pool, when, for how much, every seat and the circuit.</summary>
    internal void Write(in QuickJob job, in QuickPlacement placement, QuickPath path)
    {
        if (_buffer.Length - _length < RecordBytesMax)
            Flush();
        var record = new RecordWriter(_buffer.AsSpan(_length));
        record.Add(job.Id);
        record.Add(placement.Pool);
        record.Add(placement.Finish);
        record.Add(placement.PriceMicros);
        record.Add(BitConverter.SingleToInt32Bits((float)placement.CarbonGrams));
        var circuit = placement.Circuit;
        record.Add(circuit.Mbps);
        if (circuit.Mbps > 0)
        {
            record.Add(circuit.Start);
            record.Add(circuit.Finish);
            var links = path.LinksOf(circuit);
            record.Add(links.Length);
            foreach (var link in links)
                record.Add(link);
        }

        for (var at = placement.Holding; at >= 0; at = path.NextSeat(at))
        {
            var seat = path.SeatOf(at);
            record.Add(seat.Node);
            record.Add((seat.TaskCount << 24) | (seat.Accelerators << 16) | seat.Milli);
        }

        _length += record.Length;
    }

    /// <summary>Returns when everything that was written is durable.</summary>
    internal void Finish()
    {
        Flush();
        _full.CompleteAdding();
        _thread.Join();
        if (_failure is not null)
            throw new InvalidOperationException("The journal failed under the decisions.", _failure);
    }

    /// <summary>The digest of everything in the journal at the path, and how many batches it has.</summary>
    internal static (ulong Digest, int BatchCount) Read(string file)
    {
        using var journal = new SqliteJournal(file);
        var recovery = journal.TakeAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var digest = DigestStart;
        foreach (var batch in recovery.Batches)
            digest = Digested(digest, batch.Events.Span);
        return (digest, recovery.Batches.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal.Dispose();
        _full.Dispose();
        _free.Dispose();
    }

    private void Flush()
    {
        Invariant.Holds(_failure is null, "nothing is decided after the journal failed");
        if (_length == 0)
            return;
        ByteCount += _length;
        Digest = Digested(Digest, _buffer.AsSpan(0, _length));
        _full.Add((_buffer, _length));
        (_buffer, _length) = (_free.Take(), 0);
    }

    private void Append()
    {
        try
        {
            var epoch = _journal.TakeAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult().Epoch;
            foreach (var (buffer, length) in _full.GetConsumingEnumerable())
            {
                _journal.AppendAsync(epoch, new(BatchCount + 1, DateTimeOffset.UnixEpoch, buffer.AsMemory(0, length)), CancellationToken.None)
                    .AsTask().GetAwaiter().GetResult();
                BatchCount++;
                _free.Add(buffer);
            }
        }
        catch (Meridian.Journal.JournalException failure)
        {
            _failure = failure;
            while (_full.TryTake(out var lost, Timeout.Infinite))
                _free.Add(lost.Buffer);
        }
    }

    private static ulong Digested(ulong digest, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
            digest = (digest ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 1_099_511_628_211;
        foreach (var one in bytes)
            digest = (digest ^ one) * 1_099_511_628_211;
        return digest;
    }

    private ref struct RecordWriter(Span<byte> into)
    {
        private readonly Span<byte> _into = into;

        internal int Length { get; private set; }

        internal void Add(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_into[Length..], value);
            Length += sizeof(long);
        }

        internal void Add(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_into[Length..], value);
            Length += sizeof(int);
        }
    }
}
