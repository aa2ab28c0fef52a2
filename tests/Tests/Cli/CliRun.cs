using System.CommandLine;
using Meridian.Cli;

namespace Meridian.Tests.Cli;

/// <summary>Runs the command line against a fake server, in a home of its own.</summary>
internal sealed class CliRun : IDisposable
{
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public CliRun(FakeServer server)
    {
        Server = server;
        Home = Directory.CreateTempSubdirectory("meridian-cli-").FullName;
        With("HOME", Home).With("MERIDIAN_SERVER", "http://meridian.test");
    }

    public FakeServer Server { get; }

    public string Home { get; }

    public string ConfigPath => Path.Combine(Home, ".config", "meridian", "config.json");

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public string Input { get; init; } = "";

    public Command[] Commands { get; init; } = [];

    public (string Noun, Command Verb)[] NounVerbs { get; init; } = [];

    public CliRun With(string variable, string? value)
    {
        if (value is null)
            _environment.Remove(variable);
        else
            _environment[variable] = value;
        return this;
    }

    public string File(string name, string content)
    {
        var path = Path.Combine(Home, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public Task<int> RunAsync(params string[] args) => MeridianCli.RunAsync(args, new CliContext
    {
        Out = _out,
        Error = _error,
        In = new StringReader(Input),
        Environment = name => _environment.GetValueOrDefault(name),
        Transport = Server,
        Clock = new HastyClock(),
        Commands = [.. Commands],
        NounVerbs = [.. NounVerbs],
    });

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
