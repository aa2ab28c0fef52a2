using System.Text;

namespace Meridian.Supervisor;

/// <summary>What an agent asks of the supervisor.</summary>
internal enum OrderKind : byte
{
    /// <summary>How the attempt stands.</summary>
    Ask,

    /// <summary>Start it, unless it was ever started or barred.</summary>
    Start,

    /// <summary>End it and all that it started; one that never started never will.</summary>
    Stop,

    /// <summary>It will not be asked for again.</summary>
    Forget,

    /// <summary>Only these attempts are known: whatever else there is, is ended and forgotten.</summary>
    Sweep,

    /// <summary>Tasks may run until then.</summary>
    Lease,

    /// <summary>End as soon as nothing runs.</summary>
    Leave,
}

/// <summary>One order of the agent.</summary>
internal sealed record Order(OrderKind Kind, string Id = "")
{
    /// <summary>The program and its arguments; for a sweep the attempts that are known.</summary>
    internal IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The variables, as <c>name=value</c>.</summary>
    internal IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The working directory.</summary>
    internal string Directory { get; init; } = "";

    /// <summary>The file that output and errors are appended to.</summary>
    internal string Log { get; init; } = "";

    /// <summary>What the program reads from its third handle; nothing where it gets none.</summary>
    internal byte[] Settings { get; init; } = [];

    /// <summary>Thousandths of a core; 0 for no limit.</summary>
    internal long CpuMillicores { get; init; }

    /// <summary>A limit of memory; 0 for none.</summary>
    internal long MemoryBytes { get; init; }

    /// <summary>The end of the lease, in whole seconds since the boot.</summary>
    internal long LeaseSeconds { get; init; }
}

/// <summary>Where an attempt stands.</summary>
internal enum StandingState : byte
{
    /// <summary>It was never heard of.</summary>
    Unknown,

    /// <summary>It runs.</summary>
    Runs,

    /// <summary>It is over, and how is known.</summary>
    Over,

    /// <summary>It was started, and nobody knows what became of it. It does not run any more.</summary>
    Gone,
}

/// <summary>What the supervisor says of an attempt.</summary>
/// <param name="Id">The attempt.</param>
/// <param name="State">Where it stands.</param>
internal sealed record Standing(string Id, StandingState State)
{
    /// <summary>When it started, in milliseconds since the boot.</summary>
    internal long StartedMilliseconds { get; init; }

    /// <summary>Its exit code; 128 and the signal where one ended it.</summary>
    internal int ExitCode { get; init; }

    /// <summary>From start to end.</summary>
    internal long RunMilliseconds { get; init; }

    /// <summary>Processor time.</summary>
    internal long CpuMicroseconds { get; init; }

    /// <summary>The most memory, where it was measured.</summary>
    internal long MemoryPeakBytes { get; init; }

    /// <summary>Whether the kernel ended a process of it for memory.</summary>
    internal bool IsOutOfMemory { get; init; }

    /// <summary>What happened, for people; empty where there is nothing to say.</summary>
    internal string Detail { get; init; } = "";
}

/// <summary>Orders and standings as they travel, field after field in order. Both ends are of one build.</summary>
internal static class Wire
{
    private const int LengthMax = 64 << 20;

    internal static byte[] Write(Order order) => Frame(to =>
    {
        to.Write((byte)order.Kind);
        to.Write(order.Id);
        Write(to, order.Words);
        Write(to, order.Environment);
        to.Write(order.Directory);
        to.Write(order.Log);
        to.Write(order.Settings.Length);
        to.Write(order.Settings);
        to.Write(order.CpuMillicores);
        to.Write(order.MemoryBytes);
        to.Write(order.LeaseSeconds);
    });

    internal static Order ReadOrder(BinaryReader from)
    {
        return new((OrderKind)from.ReadByte(), from.ReadString())
        {
            Words = ReadAll(from),
            Environment = ReadAll(from),
            Directory = from.ReadString(),
            Log = from.ReadString(),
            Settings = from.ReadBytes(Length(from)),
            CpuMillicores = from.ReadInt64(),
            MemoryBytes = from.ReadInt64(),
            LeaseSeconds = from.ReadInt64(),
        };
    }

    internal static byte[] Write(Standing standing) => Frame(to =>
    {
        to.Write(standing.Id);
        to.Write((byte)standing.State);
        to.Write(standing.StartedMilliseconds);
        to.Write(standing.ExitCode);
        to.Write(standing.RunMilliseconds);
        to.Write(standing.CpuMicroseconds);
        to.Write(standing.MemoryPeakBytes);
        to.Write(standing.IsOutOfMemory);
        to.Write(standing.Detail);
    });

    internal static Standing ReadStanding(BinaryReader from)
    {
        return new(from.ReadString(), (StandingState)from.ReadByte())
        {
            StartedMilliseconds = from.ReadInt64(),
            ExitCode = from.ReadInt32(),
            RunMilliseconds = from.ReadInt64(),
            CpuMicroseconds = from.ReadInt64(),
            MemoryPeakBytes = from.ReadInt64(),
            IsOutOfMemory = from.ReadBoolean(),
            Detail = from.ReadString(),
        };
    }

    private static byte[] Frame(Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        write(writer);
        writer.Flush();
        return bytes.ToArray();
    }

    private static void Write(BinaryWriter to, IReadOnlyList<string> words)
    {
        to.Write(words.Count);
        foreach (var word in words)
            to.Write(word);
    }

    private static string[] ReadAll(BinaryReader from)
    {
        var words = new string[Length(from)];
        for (var i = 0; i < words.Length; i++)
            words[i] = from.ReadString();
        return words;
    }

    private static int Length(BinaryReader from) =>
        from.ReadInt32() is var length and >= 0 and <= LengthMax ? length : throw new InvalidDataException("The line is out of step.");
}
