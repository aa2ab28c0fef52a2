using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>The command line: nouns and verbs over the REST interface, and the commands that the host adds.</summary>
public static class MeridianCli
{
    /// <summary>A server in this process may take this long to stop after Ctrl-C.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    /// <summary>Runs one command.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="context">All that the command touches.</param>
    /// <returns>The exit code: 0 done, 1 failed, 2 usage, 3 not allowed, 4 not found, 5 timed out, 6 cannot connect.</returns>
    public static async Task<int> RunAsync(string[] args, CliContext context)
    {
        var parsed = MakeRoot(context).Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Action is HelpAction)
            return await HelpAsync(parsed, context);
        if (parsed.Errors.Count > 0)
            return Refuse(parsed, context);

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = context.Out,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopMax,
            });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed; // Ctrl-C: whoever pressed it knows why.
        }
    }

    internal static RootCommand MakeRoot(CliContext context)
    {
        var options = new GlobalOptions(context.Language);
        var verbs = new Verbs(context, options);
        var root = new RootCommand(Texts.Root.In(context.Language));
        options.AddTo(root);
        Command[] commands =
        [
            LoginCommand.Make(verbs),
            JobCommands.Make(verbs),
            SubmitVerb.Quote(verbs),
            DataCommands.Make(verbs),
            SiteCommands.Make(verbs),
            PoolCommands.Make(verbs),
            LinkCommands.Make(verbs),
            NetworkCommands.Make(verbs),
            AgentCommands.Make(verbs),
            BillCommand.Make(verbs),
            TenantCommands.Make(verbs),
            TokenCommands.Make(verbs),
            VersionCommand.Make(verbs),
            CompletionCommand.Make(verbs),
        ];
        foreach (var command in commands.Concat(context.Commands))
            Add(root, command);
        return root;
    }

    private static void Add(RootCommand root, Command command)
    {
        var known = root.Subcommands.FirstOrDefault(other => string.Equals(other.Name, command.Name, StringComparison.Ordinal));
        if (known is null)
        {
            root.Subcommands.Add(command);
            return;
        }

        foreach (var verb in command.Subcommands)
            known.Subcommands.Add(verb);
    }

    private static async Task<int> HelpAsync(ParseResult parsed, CliContext context)
    {
        var help = new StringWriter { NewLine = "\n" };
        await parsed.InvokeAsync(new InvocationConfiguration { Output = help, Error = context.Error });
        await context.Out.WriteAsync(HelpText.In(context.Language, help.ToString()));
        return ExitCode.Done;
    }

    private static int Refuse(ParseResult parsed, CliContext context)
    {
        var language = context.Language;
        var reasons = parsed.UnmatchedTokens.Count > 0
            ? parsed.UnmatchedTokens.Select(token => Texts.Unrecognised.In(language, token))
            : parsed.Errors.Select(error => ReasonOf(error, language));
        foreach (var reason in reasons.Distinct(StringComparer.Ordinal))
            context.Error.WriteLine(
                $"{Texts.Error.In(language)}: {Texts.UsageError.In(language, reason)}");
        context.Error.WriteLine(Texts.SeeHelp.In(language, PathOf(parsed.CommandResult)));
        return ExitCode.Usage;
    }

    /// <summary>The library explains itself in English only; in Chinese we say which part is wrong.</summary>
    private static string ReasonOf(ParseError error, Language language) => (language, error.SymbolResult) switch
    {
        (Language.English, _) => error.Message,
        (_, OptionResult option) => Texts.BadOption.In(language, option.Option.Name),
        (_, ArgumentResult argument) => Texts.BadArgument.In(language, argument.Argument.Name),
        (_, CommandResult { Command.Subcommands.Count: > 0 }) => Texts.VerbMissing.In(language),
        _ => Texts.PartMissing.In(language),
    };

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "meridian";
}
