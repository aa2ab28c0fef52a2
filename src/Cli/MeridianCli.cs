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
        if (parsed.Errors.Count > 0 || UnknownFlags(parsed).Any())
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
            WhatIfCommand.Make(verbs),
            DataCommands.Make(verbs),
            ExchangeCommands.Noun(verbs),
            ReservationCommands.Make(verbs),
            SiteCommands.Make(verbs),
            PoolCommands.Make(verbs),
            LinkCommands.Make(verbs),
            EquivalenceCommands.Make(verbs),
            NetworkCommands.Make(verbs),
            AgentCommands.Make(verbs),
            BillCommand.Make(verbs),
            LedgerCommand.Make(verbs),
            TenantCommands.Make(verbs),
            TokenCommands.Make(verbs),
            VersionCommand.Make(verbs),
            CompletionCommand.Make(verbs),
        ];
        foreach (var command in commands.Concat(context.Commands))
            root.Subcommands.Add(command);
        foreach (var (noun, verb) in context.NounVerbs)
            root.Subcommands.First(known => string.Equals(known.Name, noun, StringComparison.Ordinal)).Subcommands.Add(verb);
        return root;
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
        var unknown = UnknownFlags(parsed).Concat(parsed.UnmatchedTokens).ToList();
        var reasons = unknown.Count > 0
            ? unknown.Select(token => Texts.Unrecognised.In(language, token))
            : parsed.Errors.Select(error => ReasonOf(error, language));
        foreach (var reason in reasons.Distinct(StringComparer.Ordinal))
            context.Error.WriteLine(
                $"{Texts.Error.In(language)}: {Texts.UsageError.In(language, reason)}");
        context.Error.WriteLine(Texts.SeeHelp.In(language, PathOf(parsed.CommandResult)));
        return ExitCode.Usage;
    }

    /// <summary>
    /// What looks like a flag and is none that is known. The library takes it for an argument, or for the value of the
    /// option before it; whoever means that writes it after <c>--</c>.
    /// </summary>
    private static IEnumerable<string> UnknownFlags(ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .Where(token => token.Type == TokenType.Argument && token.Value is ['-', '-' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z'), ..])
        .Select(token => token.Value);

    /// <summary>
    /// The library explains itself in English only, and says of a missing part only that one is missing: here it is named.
    /// </summary>
    private static string ReasonOf(ParseError error, Language language) => (language, error.SymbolResult) switch
    {
        (_, ArgumentResult { Tokens.Count: 0, Parent: CommandResult } missing) =>
            Texts.ArgumentMissing.In(language, missing.Argument.Name),
        (_, CommandResult { Command.Subcommands.Count: > 0 } noun) =>
            Texts.VerbMissing.In(language, string.Join(", ", noun.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))),
        (Language.English, _) => error.Message,
        (_, OptionResult option) => Texts.BadOption.In(language, option.Option.Name),
        (_, ArgumentResult argument) => Texts.BadArgument.In(language, argument.Argument.Name),
        _ => Texts.PartMissing.In(language),
    };

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "meridian";
}
