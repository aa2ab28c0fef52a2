using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary>Makes the transport to servers that only these certificates vouch for.</summary>
    public Func<X509Certificate2Collection, HttpMessageHandler> Trusting { get; init; } = PrivateAuthority.Transport;

    /// <summary>Commands that the one binary hosts and others implement.</summary>
    public ImmutableArray<Command> Commands { get; init; } = [];

    /// <summary>Verbs that the one binary hosts for nouns of this command line.</summary>
    public ImmutableArray<(string Noun, Command Verb)> NounVerbs { get; init; } = [];

    /// <summary>The language of all texts, from MERIDIAN_LANG, LC_ALL, LC_MESSAGES or LANG.</summary>
    public Language Language => LanguageChoice.From(Environment);

    /// <summary>Whether colours may be used on the data.</summary>
    internal bool HasColour => IsOutTerminal && string.IsNullOrEmpty(Environment("NO_COLOR"));

    /// <summary>The context of this process.</summary>
    public static CliContext ForProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        In = Console.In,
        Environment = System.Environment.GetEnvironmentVariable,
        Transport = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false },
        IsOutTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        ReadSecret = Console.IsInputRedirected ? null : TerminalSecret.Read,
    };
}
