using System.CommandLine;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>What a verb does: reads its arguments from the session and answers with an exit code.</summary>
internal delegate Task<int> VerbAction(Session session, CancellationToken cancellation);

/// <summary>Makes commands, arguments and options, all of one language and all ending at the one edge.</summary>
internal sealed class Verbs(CliContext context, GlobalOptions options)
{
    public Language Language => context.Language;

    public Command Noun(string name, Phrase help, params ReadOnlySpan<Command> verbs)
    {
        var command = new Command(name, Help(help));
        foreach (var verb in verbs)
            command.Subcommands.Add(verb);
        return command;
    }

    public Command Verb(string name, Phrase help, VerbAction action, params ReadOnlySpan<Symbol> parts)
    {
        var command = new Command(name, Help(help));
        foreach (var part in parts)
        {
            if (part is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)part);
        }

        command.SetAction((parsed, cancellation) => Edge.RunAsync(context, options, parsed, action, cancellation));
        return command;
    }

    public Argument<T> Argument<T>(string name, Phrase help) => new(name) { Description = Help(help) };

    public Option<T> Option<T>(string name, Phrase help, params string[] aliases) =>
        new(name, aliases) { Description = Help(help) };

    public Option<T> Required<T>(string name, Phrase help) => new(name) { Description = Help(help), Required = true };

    public Option<T> WithDefault<T>(string name, Phrase help, T value) =>
        new(name) { Description = Help(help), DefaultValueFactory = _ => value };

    private string Help(Phrase help) => help.In(context.Language);
}
