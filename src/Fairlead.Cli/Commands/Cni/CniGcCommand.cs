using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

internal static class CniGcCommand
{
    public static Command Create()
    {
        Argument<string> name = NetworkArgument.One();
        Option<string[]> keep = new("--keep")
        {
            Description = "Attachment that stays; may be repeated",
            HelpName = "CONTAINER/IFNAME",
        };
        Option<bool> all = new("--all") { Description = "Nothing stays" };
        Option<bool> dryRun = new("--dry-run")
        {
            Description = "Print the attachments in the cache that would be released, and do nothing",
        };
        DocumentedCommand command = new(
            "gc",
            "Release all attachments of a network but the named ones",
            """
            # What is there to be released?
            fairlead cni gc pods --all --dry-run

            # All but one
            fairlead cni gc pods --keep cnitool-77383ca0a0715733ca6f/eth0
            """
        )
        {
            Details = $"""
                {CniTexts.Silence}
                Attachments of every runtime on the network are meant, not only those made by this program: containerd and
                CRI-O keep theirs in the same cache. 'cnitool gc' releases all without being asked twice; here --all says so.
                DEL is run for what is in the cache, then GC on the plugins of networks since version 1.1.0. With 'disableGC'
                nothing is done.
                """,
        };
        command.Add(name);
        command.Add(keep);
        command.Add(all);
        command.Add(dryRun);
        command.Add(CniOptions.CacheDirectory);
        command.Add(CniOptions.PluginTimeout);
        command.Add(CniOptions.PluginEnvironment);
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                IReadOnlyList<CniAttachmentId> valid = ToKeep(
                    parseResult.GetValue(keep) ?? [],
                    parseResult.GetValue(all)
                );
                return CniRun.ExecuteAsync(
                    parseResult,
                    async run =>
                    {
                        NetworkConfigurationList network = run.Find(parseResult.GetRequiredValue(name));
                        CniRuntime runtime = run.CreateRuntime(CniOptions.CacheDirectoryOf(parseResult));
                        if (parseResult.GetValue(dryRun))
                            run.PrintLines(Stale(runtime, network, valid));
                        else
                            await runtime.GcAsync(network, valid, cancellationToken);
                        if (network.DisableGc)
                            run.Note($"network {network.Name} has 'disableGC': nothing is released");
                    }
                );
            }
        );
        return command;
    }

    private static IReadOnlyList<CniAttachmentId> ToKeep(string[] keep, bool all) =>
        (keep, all) switch
        {
            ([], false) => throw CliException.Usage("say what stays: --keep CONTAINER/IFNAME..., or --all for nothing"),
            ([_, ..], true) => throw CliException.Usage("give either --keep or --all, not both"),
            _ => [.. keep.Select(IdOf)],
        };

    private static CniAttachmentId IdOf(string text) =>
        text.Split('/') is [{ Length: > 0 } container, { Length: > 0 } interfaceName]
            ? new(container, interfaceName)
            : throw CliException.Usage($"--keep: \"{text}\" is not of the form CONTAINER/IFNAME");

    private static IEnumerable<string> Stale(
        CniRuntime runtime,
        NetworkConfigurationList network,
        IReadOnlyList<CniAttachmentId> valid
    ) =>
        network.DisableGc
            ? []
            : runtime
                .Cache!.List()
                .Where(entry => entry.NetworkName == network.Name && !valid.Contains(entry.Attachment.Id))
                .Select(entry => $"{entry.Attachment.ContainerId}/{entry.Attachment.InterfaceName}")
                .Order(StringComparer.Ordinal);
}
