using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Manifests;

namespace Fairlead.Cli.Commands;

internal static class DeleteCommand
{
    public static Command Create()
    {
        Argument<string[]> objects = ObjectCompletion.KindThenNames();
        ManifestOptions manifests = new();
        Option<string?> @namespace = CommonOptions.Namespace();
        Option<bool> all = new("--all") { Description = "All virtual machines of the namespace" };
        Option<bool> ignoreNotFound = CommonOptions.Switch(
            "--ignore-not-found",
            "What is absent already counts as deleted",
            byDefault: false
        );
        Option<bool> wait = CommonOptions.Switch("--wait", "Wait until the tear-down is done", byDefault: true);
        Option<TimeSpan?> timeout = CommonOptions.Duration(
            "--timeout",
            "How long to wait at most; 0 is for ever [default: 5m]"
        );

        DocumentedCommand command = new(
            "delete",
            "Delete virtual machines and give their addresses back",
            """
            # One virtual machine; returns when its guest is off and its network is gone
            fairlead delete vm web

            # What a manifest describes, whether it is there or not
            fairlead delete -f web.yaml --ignore-not-found

            # All of a namespace, without waiting
            fairlead delete vm --all -n shop --wait=false
            """
        )
        {
            objects,
            all,
            ignoreNotFound,
            wait,
            timeout,
            @namespace,
        };
        command.Options.Add(manifests.Files);
        command.Options.Add(manifests.Recursive);
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                DeleteRun run = new(parseResult)
                {
                    Namespace = parseResult.GetValue(@namespace),
                    IgnoreNotFound = parseResult.GetValue(ignoreNotFound),
                    Wait = parseResult.GetValue(wait),
                    Timeout = parseResult.GetValue(timeout) ?? TimeSpan.FromMinutes(5),
                };
                string[] arguments = parseResult.GetValue(objects) ?? [];
                ManifestSources? sources = manifests.Read(parseResult);
                IReadOnlyList<string>? names = Names(arguments, sources is not null, parseResult.GetValue(all));
                return run.ExecuteAsync(sources, names, cancellationToken);
            }
        );
        return command;
    }

    /// <summary>The names that the command line gives; null for all of the namespace.</summary>
    private static IReadOnlyList<string>? Names(string[] arguments, bool hasFiles, bool all)
    {
        if (hasFiles)
            return arguments is [] && !all ? [] : throw CliException.Usage("give either -f or vm NAME..., not both");
        IReadOnlyList<string> names = ResourceArguments.Names(arguments);
        return (names, all) switch
        {
            ([], true) => null,
            ([], false) => throw CliException.Usage("say which: vm NAME..., vm --all, or -f FILE"),
            (_, true) => throw CliException.Usage("give either names or --all, not both"),
            _ => names,
        };
    }
}
