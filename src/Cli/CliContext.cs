using System.Collections.Immutable;
using System.CommandLine;
using Meridian.Depot;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>All that the command line touches outside itself.</summary>
public sealed record CliContext
{
    /// <summary>The server that is asked when nothing names one.</summary>
    public const string ServerDefault = "http://127.0.0.1:7400";

    /// <summary>Where data goes.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where progress and errors go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Where a token or a job file may come from.</summary>
    public required TextReader In { get; init; }

    /// <summary>Reads an environment variable; null for one that is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The transport to the server. Not disposed.</summary>
    public required HttpMessageHandler Transport { get; init; }

    /// <summary>Connects to a depot: its address, by what it is trusted, and the agent that it must be.</summary>
    public Func<Uri, DepotTrust, string, DepotClient> Depots { get; init; } = DepotConnection.Open;

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether data goes to a terminal, so that colours are welcome.</summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Whether progress goes to a terminal, so that a line may be written over.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Reads a line without showing it; null where nobody can be asked.</summary>
    public Func<string?>? ReadSecret { get; init; }

    /// <summary>
    /// Commands that the one binary hosts and others implement. One with the name of a command here adds its
    /// subcommands to it.
    /// </summary>
    public ImmutableArray<Command> Commands { get; init; } = [];

    /// <summary>The language of all texts, from MERIDIAN_LANG, LC_ALL, LC_MESSAGES or LANG.</summary>
    public Language Language => LanguageChoice.From(Environment);

    /// <summary>Whether colours may be used on the data.</summary>
    internal bool HasColour => IsOutTerminal && string.IsNullOrEmpty(Environment("NO_COLOR"));

    /// <summary>The context of this process.</summary>
    /// <param name="commands">Commands that the host implements.</param>
    public static CliContext ForProcess(params ReadOnlySpan<Command> commands) => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        In = Console.In,
        Environment = System.Environment.GetEnvironmentVariable,
        Transport = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false },
        IsOutTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        ReadSecret = Console.IsInputRedirected ? null : TerminalSecret.Read,
        Commands = [.. commands],
    };
}
