using System.CommandLine;
using Fairlead.Agent;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Hosting;

namespace Fairlead.Cli.Commands;

internal static class AgentCommand
{
    public static Command Create()
    {
        Option<string> socket = Path("--socket", "Unix socket to listen on", "FILE");
        Option<string> data = Path("--data-dir", "Its records", "DIR");
        Option<VmSourceKind> source = new("--source")
        {
            Description = "Where desired state comes from: a directory of manifests, or the Kubernetes API",
            HelpName = "directory|kubernetes",
            DefaultValueFactory = _ => VmSourceKind.Directory,
        };
        Option<string?> manifests = new("--manifest-dir")
        {
            Description = "Desired state: manifests of virtual machines; required with --source directory",
            HelpName = "DIR",
        };
        Option<string> proxy = Path("--cni-proxy-socket", "The CNI proxy's Unix socket", "FILE");
        Option<string> libvirt = new("--libvirt-uri")
        {
            Description = "Connection to libvirtd, which has to be in the same network namespace",
            HelpName = "URI",
            DefaultValueFactory = _ => "qemu+unix:///system?socket=/run/libvirt/libvirt-sock",
        };
        Option<string> kvm = new("--kvm-device")
        {
            Description = "What has to open for KVM to be usable",
            HelpName = "FILE",
            DefaultValueFactory = _ => "/dev/kvm",
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
        Option<TimeSpan?> resync = CommonOptions.Duration(
            "--resync-interval",
            "How often everything is compared though nothing is known to have changed [default: 5s]"
        );
        Option<MetricsAddress?> metrics = CommonOptions.MetricsAddress();
        DocumentedCommand command = new(
            "agent",
            "Make and keep virtual machines as their manifests say (started by 'fairlead up', in the libvirt pod)",
            """
            # As 'fairlead up' starts it
            fairlead agent --socket /run/fairlead/agent/agent.sock --data-dir /var/lib/fairlead/agent \
                --manifest-dir /var/lib/fairlead/manifests --cni-proxy-socket /run/fairlead/cni-proxy/proxy.sock
            """
        )
        {
            socket,
            data,
            source,
            manifests,
            proxy,
            libvirt,
            kvm,
            nodeName,
            kernel,
            initrd,
            cmdline,
            resync,
            metrics,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(source) == VmSourceKind.Directory && result.GetValue(manifests) is null)
                result.AddError("Option '--manifest-dir' is required with --source directory.");
        });
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                AgentOptions options = new()
                {
                    SocketPath = Absolute(parseResult, socket),
                    StateDirectory = Absolute(parseResult, data),
                    Source = parseResult.GetValue(source),
                    ManifestDirectory = AbsoluteOrNull(parseResult, manifests),
                    Kubeconfig = AbsoluteOrNull(parseResult, ClusterTarget.Kubeconfig),
                    CniProxySocketPath = Absolute(parseResult, proxy),
                    LibvirtUri = parseResult.GetRequiredValue(libvirt),
                    KvmDevice = parseResult.GetRequiredValue(kvm),
                    MetricsAddress = parseResult.GetValue(metrics),
                    NodeName = parseResult.GetValue(nodeName) ?? Environment.MachineName,
                    DefaultGuest = parseResult.GetValue(kernel) is { } image
                        ? new DefaultGuest(image, parseResult.GetValue(initrd), parseResult.GetValue(cmdline))
                        : null,
                };
                if (parseResult.GetValue(resync) is { } interval)
                    options = options with { ResyncInterval = interval };
                return AgentServer.RunAsync(options, cancellationToken);
            }
        );
        return command;
    }

    private static Option<string> Path(string name, string description, string helpName) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            Required = true,
        };

    private static string? AbsoluteOrNull(ParseResult parseResult, Option<string?> option) =>
        parseResult.GetValue(option) is { } path ? System.IO.Path.GetFullPath(path) : null;

    private static string Absolute(ParseResult parseResult, Option<string> option) =>
        System.IO.Path.GetFullPath(parseResult.GetRequiredValue(option));
}
