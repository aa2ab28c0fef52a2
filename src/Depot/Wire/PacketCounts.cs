using System.Buffers.Binary;
using System.Net.Sockets;

namespace Meridian.Depot;

/// <summary>What the kernel counts of a TCP connection (Linux, <c>struct tcp_info</c>).</summary>
internal static class PacketCounts
{
    private const int ProtocolTcp = 6;
    private const int OptionInfo = 11;
    private const int TotalRetransAt = 100;
    private const int DataSegmentsOutAt = 156;
    private const int InfoBytes = 160;

    /// <summary>The data packets that this side has sent, and how many of them were sent again; zeros where nobody counts.</summary>
    public static (long Sent, long Lost) Of(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux())
            return (0, 0);
        Span<byte> info = stackalloc byte[InfoBytes];
        try
        {
            return socket.GetRawSocketOption(ProtocolTcp, OptionInfo, info) < InfoBytes
                ? (0, 0)
                : (Read(info, DataSegmentsOutAt), Read(info, TotalRetransAt));
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return (0, 0);
        }
    }

    private static uint Read(ReadOnlySpan<byte> info, int at) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(info[at..]) : BinaryPrimitives.ReadUInt32BigEndian(info[at..]);
}
