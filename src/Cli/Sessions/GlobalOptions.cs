using System.CommandLine;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions(Language language)
{
    public Option<OutputFormat> Output { get; } = new("--output", "-o")
    {
        Description = Texts.OutputOption.In(language),
        Recursive = true,
        HelpName = "table|wide|json|yaml|name",
    };

    public Option<string?> Server { get; } = new("--server")
    {
        Description = Texts.ServerOption.In(language),
        Recursive = true,
        HelpName = "URL",
    };

    public Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = Texts.TokenFileOption.In(language),
        Recursive = true,
        HelpName = "FILE",
    };

    public Option<string?> Token { get; } = new("--token")
    {
        Description = Texts.TokenOption.In(language),
        Recursive = true,
        Hidden = true,
        HelpName = "TOKEN",
    };

    public Option<string?> Authority { get; } = new("--ca")
    {
        Description = Texts.AuthorityOption.In(language),
        Recursive = true,
        HelpName = "FILE",
    };

    public void AddTo(RootCommand root)
    {
        Output.AcceptOnlyFromAmong("table", "wide", "json", "yaml", "name");
        root.Options.Add(Output);
        root.Options.Add(Server);
        root.Options.Add(TokenFile);
        root.Options.Add(Authority);
        root.Options.Add(Token);
    }
}
