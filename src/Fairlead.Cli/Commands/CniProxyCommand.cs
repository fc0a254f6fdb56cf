using System.CommandLine;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.CniProxy;
using Fairlead.Hosting;

namespace Fairlead.Cli.Commands;

internal static class CniProxyCommand
{
    private const string Standalone = "standalone";
    private const string ContainerRuntime = "cri";

    public static Command Create()
    {
        Option<string[]> socket = new("--socket")
        {
            Description = "Unix socket to listen on; may be repeated, for one in each pod's own directory",
            HelpName = "FILE",
            Required = true,
        };
        Option<uint?> group = new("--socket-group")
        {
            Description = "Let this group open the sockets too (mode 0660), by its number",
            HelpName = "GID",
        };
        Option<string> data = new("--data-dir")
        {
            Description = "Its journal and its CNI result cache",
            HelpName = "DIR",
            Required = true,
        };
        Option<string?> sandbox = new("--sandbox-file")
        {
            Description = "With --identity standalone: record of the one pod that it serves",
            HelpName = "FILE",
        };
        Option<string> identity = new("--identity")
        {
            Description = "What tells pods: standalone (the one of a record) or cri (the node's container runtime)",
            HelpName = "KIND",
            DefaultValueFactory = _ => Standalone,
        };
        identity.AcceptOnlyFromAmong(Standalone, ContainerRuntime);
        Option<string> criSocket = new("--cri-socket")
        {
            Description = "With --identity cri: socket of the container runtime",
            HelpName = "FILE",
            DefaultValueFactory = _ => "/run/containerd/containerd.sock",
        };
        Option<string> confDir = new("--cni-conf-dir")
        {
            Description = "CNI configuration directory",
            HelpName = "DIR",
            DefaultValueFactory = _ => "/etc/cni/net.d",
        };
        Option<string[]> binDirs = new("--cni-bin-dir")
        {
            Description = "Where CNI plugins are looked for; may be repeated",
            HelpName = "DIR",
            DefaultValueFactory = _ => ["/opt/cni/bin", "/usr/lib/cni"],
        };
        Option<string> policy = new("--policy")
        {
            Description =
                "What pods may have; without that file each may use the default network, 128 times, and choose MAC addresses",
            HelpName = "FILE",
            DefaultValueFactory = _ => "/etc/fairlead/cni-proxy-policy.yaml",
        };
        Option<string?> nodeName = new("--node-name")
        {
            Description =
                "On a cluster: name of this node; networks by name are NetworkAttachmentDefinitions then, read from the API server",
            HelpName = "NAME",
        };
        Option<TimeSpan?> timeout = CommonOptions.Duration(
            "--plugin-timeout",
            "How long one plugin may take [default: 60s]"
        );
        Option<TimeSpan?> drain = CommonOptions.Duration(
            "--drain-timeout",
            "How long it may take to finish what it is doing when it is told to stop [default: 25s]"
        );
        Option<MetricsAddress?> metrics = CommonOptions.MetricsAddress();
        DocumentedCommand command = new(
            "cni-proxy",
            "Perform CNI actions for a pod in the host's context (started by 'fairlead up')",
            """
            # As 'fairlead up' starts it
            fairlead cni-proxy --socket /run/fairlead/cni-proxy/proxy.sock --data-dir /var/lib/fairlead/cni-proxy \
                --sandbox-file /var/lib/fairlead/sandbox.json

            # For the pods of a Kubernetes node
            fairlead cni-proxy --identity cri --socket /run/fairlead/cni-proxy/proxy.sock \
                --data-dir /var/lib/fairlead/cni-proxy --policy /etc/fairlead/cni-proxy-policy.yaml
            """
        )
        {
            socket,
            group,
            data,
            identity,
            sandbox,
            criSocket,
            confDir,
            binDirs,
            policy,
            nodeName,
            timeout,
            drain,
            metrics,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(identity) == Standalone && result.GetValue(sandbox) is null)
                result.AddError("--identity standalone needs --sandbox-file");
        });
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                CniProxyOptions options = new()
                {
                    SocketPaths = [.. parseResult.GetRequiredValue(socket).Select(Path.GetFullPath)],
                    SocketGroup = parseResult.GetValue(group),
                    StateDirectory = Path.GetFullPath(parseResult.GetRequiredValue(data)),
                    ConfigDirectory = Path.GetFullPath(parseResult.GetRequiredValue(confDir)),
                    PluginDirectories = [.. parseResult.GetRequiredValue(binDirs).Select(Path.GetFullPath)],
                    MetricsAddress = parseResult.GetValue(metrics),
                    PolicyFile = Path.GetFullPath(parseResult.GetRequiredValue(policy)),
                    SandboxFile = parseResult.GetValue(sandbox) is { } file ? Path.GetFullPath(file) : null,
                    CriSocketPath =
                        parseResult.GetRequiredValue(identity) == ContainerRuntime
                            ? Path.GetFullPath(parseResult.GetRequiredValue(criSocket))
                            : null,
                };
                if (parseResult.GetValue(nodeName) is { } node)
                    options = options with { NodeName = node, Cluster = ClusterTarget.Configuration(parseResult) };
                if (parseResult.GetValue(timeout) is { } limit)
                    options = options with { PluginTimeout = limit };
                if (parseResult.GetValue(drain) is { } patience)
                    options = options with { DrainTimeout = patience };
                return CniProxyServer.RunAsync(options, cancellationToken);
            }
        );
        return command;
    }
}
