using Meridian.Agent.Circuits;

namespace Meridian.Tests.Agent.Circuits;

/// <summary>Two hosts, joined by two cables: 10.77.0.1-2 and 10.78.0.1-2.</summary>
internal sealed class TwoHosts(Hosts hosts) : IAsyncDisposable
{
    private const string Near = "a";
    private const string Far = "b";

    /// <summary>Runs tools on the near host.</summary>
    internal SystemTool Tool => hosts.ToolOf(Near);

    internal static async Task<TwoHosts> MakeAsync()
    {
        var hosts = await Hosts.MakeAsync(Near, Far);
        await hosts.JoinAsync((Near, "a0 10.77.0.1/24"), (Far, "b0 10.77.0.2/24"));
        await hosts.JoinAsync((Near, "a1 10.78.0.1/24"), (Far, "b1 10.78.0.2/24"));
        return new(hosts);
    }

    /// <summary>Runs a tool on the near host; it must succeed.</summary>
    internal Task<string> DoAsync(string words) => hosts.DoAsync(Near, words);

    /// <summary>Sends so many bytes from the near host to the far one, over a connection with the circuit's number.</summary>
    internal Task SendAsync(int bytes, int? number) => hosts.SendAsync(Near, System.Net.IPAddress.Parse("10.77.0.1"), Far, bytes, number);

    public ValueTask DisposeAsync() => hosts.DisposeAsync();
}
