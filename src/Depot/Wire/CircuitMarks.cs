using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;

namespace Meridian.Depot;

/// <summary>Says on every request which circuit its answer belongs to.</summary>
/// <param name="circuit">The circuit.</param>
/// <param name="inner">What sends.</param>
public sealed class CircuitHeader(long circuit, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    internal const string Name = "Meridian-Circuit";

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add(Name, circuit.ToString(CultureInfo.InvariantCulture));
        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>
/// Marks the connections of circuits, so that the kernel holds their rate and leads them their way (Linux). A connection
/// belongs to one transfer, so it is marked once.
/// </summary>
public static class CircuitMarks
{
    private const int LevelSocket = 1;
    private const int OptionPriority = 12;
    private const int OptionMark = 36;

    /// <summary>Gives the connection's packets the number, as mark and as priority. False where the system does not allow it.</summary>
    public static bool TryMark(Socket socket, int number)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            var value = BitConverter.GetBytes(number);
            socket.SetRawSocketOption(LevelSocket, OptionMark, value);
            socket.SetRawSocketOption(LevelSocket, OptionPriority, value);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Marks what answers a circuit's requests.</summary>
    /// <param name="application">The depot.</param>
    /// <param name="numberOf">The number of a circuit in force that leads to the owner of the certificate, or nothing.</param>
    internal static void UseCircuits(this IApplicationBuilder application, Func<long, X509Certificate2, int?> numberOf) =>
        application.Use(next => context =>
        {
            if (context.Connection.ClientCertificate is { } caller
                && long.TryParse(context.Request.Headers[CircuitHeader.Name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var circuit)
                && numberOf(circuit, caller) is { } number
                && context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
                TryMark(socket, number);
            return next(context);
        });
}
