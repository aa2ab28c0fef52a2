using System.CommandLine;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>One run of one command: who is asked, in which language, and where the answers go.</summary>
internal sealed class Session : IDisposable
{
    private readonly Lazy<ServerChoice> _choice;
    private readonly Lazy<HttpClient> _http;
    private readonly Lazy<MeridianClient> _client;
    private bool _hasOpenLine;

    public Session(CliContext context, GlobalOptions options, ParseResult parsed)
    {
        Context = context;
        Options = options;
        Parsed = parsed;
        Printer = new(context.Out, parsed.GetValue(options.Output), context.Language, context.HasColour);
        _choice = new(() => ServerChoice.Make(context, options, parsed));
        _http = new(() => Connect(Choice.Server, Choice.Authority));
        _client = new(() => new(_http.Value, Choice.Token, NewKey) { Language = Language });
    }

    /// <summary>A connection to the server, which the certificates of the file alone vouch for where there is one.</summary>
    public HttpClient Connect(Uri server, string? authority) => authority is null
        ? new(Context.Transport, disposeHandler: false) { BaseAddress = server }
        : new(Context.Trusting(PrivateAuthority.Read(authority))) { BaseAddress = server };

    public CliContext Context { get; }

    public GlobalOptions Options { get; }

    public ParseResult Parsed { get; }

    public Printer Printer { get; }

    public ServerChoice Choice => _choice.Value;

    public MeridianClient Client => _client.Value;

    public Language Language => Context.Language;

    /// <summary>Says something on standard error, on a line of its own.</summary>
    public void Say(Phrase phrase, params object?[] arguments)
    {
        CloseLine();
        Context.Error.WriteLine(phrase.In(Language, arguments));
    }

    /// <summary>Says how far something is. A terminal shows it in place; otherwise nothing is shown.</summary>
    public void Progress(Phrase phrase, params object?[] arguments)
    {
        if (!Context.IsErrorTerminal)
            return;
        Context.Error.Write("\r\u001b[K" + phrase.In(Language, arguments));
        _hasOpenLine = true;
    }

    /// <summary>Ends the line that progress was shown on.</summary>
    public void CloseLine()
    {
        if (_hasOpenLine)
            Context.Error.Write("\r\u001b[K");
        _hasOpenLine = false;
    }

    public static string NewKey() => Guid.NewGuid().ToString("N");

    public void Dispose()
    {
        CloseLine();
        if (_http.IsValueCreated)
            _http.Value.Dispose();
    }
}
