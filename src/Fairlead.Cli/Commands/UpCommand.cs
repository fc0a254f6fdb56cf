using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Standalone;

namespace Fairlead.Cli.Commands;

internal static class UpCommand
{
    public static Command Create()
    {
        Option<string?> confDir = new("--cni-conf-dir")
        {
            Description =
                "CNI configuration directory; where it has none, a bundled network is used [default: /etc/cni/net.d]",
            HelpName = "DIR",
        };
        Option<string[]> binDirs = new("--cni-bin-dir")
        {
            Description = "Where CNI plugins are looked for; may be repeated [default: /opt/cni/bin, /usr/lib/cni]",
            HelpName = "DIR",
            AllowMultipleArgumentsPerToken = false,
        };
        Option<string?> network = new("--network")
        {
            Description = "CNI network of the libvirt pod's eth0 [default: the first by file name]",
            HelpName = "NAME",
        };
        Option<string?> nodeName = new("--node-name")
        {
            Description = "Name of this node in the status of its virtual machines [default: the host name]",
            HelpName = "NAME",
        };
        Option<string?> kernel = new("--guest-kernel")
        {
            Description = "Kernel for virtual machines whose manifest names nothing to boot",
            HelpName = "FILE",
        };
        Option<string?> initrd = new("--guest-initrd")
        {
            Description = "Initial RAM disk that goes with --guest-kernel",
            HelpName = "FILE",
        };
        Option<string?> cmdline = new("--guest-cmdline")
        {
            Description = "Kernel command line that goes with --guest-kernel",
            HelpName = "TEXT",
        };
        Option<TimeSpan?> timeout = CommonOptions.Duration(
            "--timeout",
            "How long each part may take to become ready [default: 60s]"
        );

        DocumentedCommand command = new(
            "up",
            "Bring the standalone environment up on this machine, or what is dead of it",
            """
            # The machine's own environment: libvirt in a pod, the CNI proxy, the agent
            fairlead up

            # One beside it, with everything in a directory, on a network of one's own
            fairlead up --state-dir /srv/lab --cni-conf-dir /srv/lab-net.d --network lab

            # With something to boot for manifests that name nothing
            fairlead up --guest-kernel /srv/vmlinuz --guest-initrd /srv/initrd.img --guest-cmdline console=ttyS0
            """
        )
        {
            confDir,
            binDirs,
            network,
            nodeName,
            kernel,
            initrd,
            cmdline,
            timeout,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                UpOptions defaults = new();
                UpOptions options = new()
                {
                    CniConfDirectory = parseResult.GetValue(confDir),
                    CniBinDirectories = parseResult.GetValue(binDirs),
                    Network = parseResult.GetValue(network),
                    NodeName = parseResult.GetValue(nodeName),
                    GuestKernel = parseResult.GetValue(kernel),
                    GuestInitrd = parseResult.GetValue(initrd),
                    GuestCommandLine = parseResult.GetValue(cmdline),
                    Timeout = parseResult.GetValue(timeout) ?? defaults.Timeout,
                };
                return StandaloneRun.WithAsync(
                    parseResult,
                    async environment =>
                    {
                        await environment.UpAsync(options, cancellationToken);
                        return ExitCodes.Ok;
                    }
                );
            }
        );
        return command;
    }
}
