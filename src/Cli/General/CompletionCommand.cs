using System.CommandLine;

namespace Meridian.Cli;

/// <summary>Scripts that ask this program what may come next.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _meridian() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(meridian "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _meridian meridian
        """;

    private const string Zsh = """
        #compdef meridian
        _meridian() {
          local -a found
          found=("${(@f)$(meridian "[suggest:${#BUFFER}]" "${BUFFER}" 2>/dev/null)}")
          compadd -- "${found[@]}" || _files
        }
        compdef _meridian meridian
        """;

    private const string Fish = """
        complete -c meridian -a '(meridian "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName meridian -ScriptBlock {
          param($word, $line, $position)
          meridian "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
            ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    public static Command Make(Verbs verbs)
    {
        var shell = verbs.Argument<string>("SHELL", Texts.CompletionShell);
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh", "powershell");
        return verbs.Verb(
            "completion",
            Texts.Completion,
            (session, _) =>
            {
                session.Printer.Line(Script(session.Parsed.GetRequiredValue(shell)));
                return Task.FromResult(ExitCode.Done);
            },
            shell);
    }

    private static string Script(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => PowerShell,
    };
}
