using System.CommandLine;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Controller;
using Fairlead.Hosting;

namespace Fairlead.Cli.Commands;

internal static class ControllerCommand
{
    public static Command Create()
    {
        Option<string> leaseNamespace = new("--lease-namespace")
        {
            Description = "Where the replicas' lease is [default: $POD_NAMESPACE, or fairlead]",
            HelpName = "NS",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("POD_NAMESPACE") ?? "fairlead",
        };
        Option<string> identity = new("--identity")
        {
            Description = "This one among its replicas [default: $POD_NAME, or the host's name]",
            HelpName = "NAME",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("POD_NAME") ?? Environment.MachineName,
        };
        Option<string> image = new("--launcher-image")
        {
            Description = "Image of the launcher pods; it has /bin/busybox [default: $LAUNCHER_IMAGE, or fairlead]",
            HelpName = "IMAGE",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("LAUNCHER_IMAGE") ?? "fairlead",
        };
        Option<MetricsAddress?> metrics = CommonOptions.MetricsAddress();
        DocumentedCommand command = new(
            "controller",
            "Place the virtual machines of a Kubernetes cluster and keep their Services' endpoints",
            """
            # As deploy/controller starts it
            fairlead controller --metrics-address :9477

            # From a workstation, against the current context of its kubeconfig
            fairlead controller --kubeconfig ~/.kube/config
            """
        )
        {
            leaseNamespace,
            identity,
            image,
            metrics,
        };
        command.SetAction(
            (parseResult, cancellationToken) =>
                ControllerServer.RunAsync(
                    new ControllerOptions
                    {
                        Kubeconfig = parseResult.GetValue(ClusterTarget.Kubeconfig),
                        Context = parseResult.GetValue(ClusterTarget.Context),
                        Namespace = parseResult.GetRequiredValue(leaseNamespace),
                        Identity = parseResult.GetRequiredValue(identity),
                        LauncherImage = parseResult.GetRequiredValue(image),
                        MetricsAddress = parseResult.GetValue(metrics),
                    },
                    cancellationToken
                )
        );
        return command;
    }
}
