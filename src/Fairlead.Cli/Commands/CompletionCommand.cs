using System.CommandLine;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Commands;

internal static class CompletionCommand
{
    // The program itself knows what may follow: [suggest:CURSOR] "LINE" prints one candidate a line.
    private const string Bash = """
        # bash completion for fairlead
        _fairlead() {
            local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}" candidates
            candidates="$(fairlead "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)"
            COMPREPLY=($(compgen -W "${candidates}" -- "${word}"))
        }
        # Where nothing is known, as after -f, a file name is meant.
        complete -o default -F _fairlead fairlead

        """;

    private const string Zsh = """
        #compdef fairlead
        _fairlead() {
            local -a candidates
            candidates=("${(@f)$(fairlead "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            # Where nothing is known, as after -f, a file name is meant.
            if (( ${#candidates} )) && [[ -n "${candidates[1]}" ]]; then
                compadd -a candidates
            else
                _files
            fi
        }
        if [ "${funcstack[1]}" = "_fairlead" ]; then
            _fairlead "$@"
        else
            compdef _fairlead fairlead
        fi

        """;

    private const string Fish = """
        # fish completion for fairlead
        function __fairlead_complete
            fairlead "[suggest:"(commandline --cursor)"]" (commandline | string collect) 2>/dev/null
        end
        complete --command fairlead --arguments '(__fairlead_complete)'

        """;

    public static Command Create()
    {
        Argument<string> shell = new("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        DocumentedCommand command = new(
            "completion",
            "Print a script that completes commands, options and names of virtual machines",
            """
            # In the shell that is running
            source <(fairlead completion bash)

            # For every bash, zsh or fish from now on
            fairlead completion bash > /usr/share/bash-completion/completions/fairlead
            fairlead completion zsh > /usr/share/zsh/vendor-completions/_fairlead
            fairlead completion fish > /usr/share/fish/vendor_completions.d/fairlead.fish
            """
        )
        {
            shell,
        };
        command.SetAction(parseResult =>
            parseResult.InvocationConfiguration.Output.Write(
                parseResult.GetRequiredValue(shell) switch
                {
                    "bash" => Bash,
                    "zsh" => Zsh,
                    _ => Fish,
                }
            )
        );
        return command;
    }
}
