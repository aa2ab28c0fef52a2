using System.Text.Json;
using Meridian.Depot;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Tests.Depot;

/// <summary>A clock that stands still.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>A clock on which every wait ends at once, having taken its time.</summary>
internal sealed class LeapingClock : TimeProvider
{
    private long _ticks;

    public TimeSpan Elapsed => new(Interlocked.Read(ref _ticks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Leap(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Leap(dueTime);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Spent();
    }

    private sealed class Spent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>A disk with little room, which fills up in the middle of a write.</summary>
internal sealed class SmallDisk(long roomBytes) : IDepotDisk
{
    private const int NoSpace = 28;

    /// <summary>What it claims to have; the truth is found out by writing.</summary>
    public long ClaimedBytes { get; init; } = long.MaxValue;

    public long RoomBytes
    {
        get => Interlocked.Read(ref _roomBytes);
        set => Interlocked.Exchange(ref _roomBytes, value);
    }

    private long _roomBytes = roomBytes;

    public Stream Create(string path) => new SmallFile(this, path);

    public void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    public void SyncAll(string folder)
    {
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> content, long offset)
    {
        var fits = Take(content.Length);
        RandomAccess.Write(file, content[..fits], offset);
        if (fits < content.Length)
            throw new IOException("No space left on device", NoSpace);
    }

    public long AvailableBytes(string folder) => ClaimedBytes;

    // Chunks are written from several threads.
    private int Take(int wanted)
    {
        while (true)
        {
            var room = RoomBytes;
            var fits = (int)Math.Min(wanted, room);
            if (Interlocked.CompareExchange(ref _roomBytes, room - fits, room) == room)
                return fits;
        }
    }

    private sealed class SmallFile(SmallDisk disk, string path) : FileStream(path, FileMode.CreateNew)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var fits = disk.Take(buffer.Length);
            Write(buffer.Span[..fits]);
            return fits == buffer.Length
                ? ValueTask.CompletedTask
                : throw new IOException("No space left on device", NoSpace);
        }
    }
}

/// <summary>A line on which a test listens, and which it may spoil.</summary>
internal sealed class TappedLine(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The chunks asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>How many chunks each request for a pack asked for.</summary>
    public List<int> AskedCounts { get; } = [];

    /// <summary>The chunks in the packs that came in whole.</summary>
    public List<string> Arrived { get; } = [];

    /// <summary>The methods and addresses of all requests.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Happens before the request with the number, counted from one, goes out.</summary>
    public Action<int> BeforeRequest { get; set; } = _ => { };

    /// <summary>Happens before a request for a pack goes out.</summary>
    public Action BeforePack { get; set; } = () => { };

    /// <summary>Changes the body of a pack that came in.</summary>
    public Action<int, byte[]> SpoilPack { get; set; } = (_, _) => { };

    private int _packCount;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (Requests)
            Requests.Add(request.Method + " " + request.RequestUri!.AbsolutePath);
        BeforeRequest(Requests.Count);
        var isPack = request.Method == HttpMethod.Post
            && request.RequestUri!.AbsolutePath.EndsWith("/packs", StringComparison.Ordinal);
        List<string> asked = [];
        if (isPack)
        {
            var list = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            asked = [.. list.RootElement.GetProperty("chunks").EnumerateArray().Select(item => item.GetString()!)];
            lock (Requests)
            {
                Asked.AddRange(asked);
                AskedCounts.Add(asked.Count);
            }

            BeforePack();
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (isPack && response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            lock (Requests)
            {
                SpoilPack(++_packCount, body);
                Arrived.AddRange(asked);
            }

            response.Content = new ByteArrayContent(body);
        }

        return response;
    }
}
