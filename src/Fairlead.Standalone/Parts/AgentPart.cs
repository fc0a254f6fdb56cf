using System.Globalization;
using Fairlead.Agent.V1;
using Fairlead.CniProxy.Client;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fairlead.Standalone.Parts;

/// <summary>The agent, in the pod.</summary>
internal sealed class AgentPart(EnvironmentContext context) : DaemonPart(context, "agent")
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Shuts the virtual machines down in order. Returns what was done, or null when there were none.</summary>
    /// <exception cref="EnvironmentException">The agent could not, or not in time.</exception>
    public async Task<string?> DrainAsync(TimeSpan timeout, StepLog log, CancellationToken cancellationToken)
    {
        using GrpcChannel channel = UnixSocketChannel.Create(Context.Paths.AgentSocket);
        HashSet<string> machines = new(StringComparer.Ordinal);
        try
        {
            using AsyncServerStreamingCall<DrainProgress> call = new VirtualMachines.VirtualMachinesClient(
                channel
            ).Drain(new DrainRequest(), deadline: DateTime.UtcNow + timeout, cancellationToken: cancellationToken);
            await foreach (DrainProgress progress in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                string name = $"{progress.Namespace}/{progress.Name}";
                machines.Add(name);
                log.Line($"{name}: {progress.Phase}{(progress.Message.Length > 0 ? $", {progress.Message}" : "")}");
            }
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.DeadlineExceeded)
        {
            throw new EnvironmentException(
                $"not all were shut down within {timeout.TotalSeconds:0} s; the others are ended",
                e
            );
        }
        catch (RpcException e)
        {
            throw new EnvironmentException($"{e.StatusCode} {e.Status.Detail}", e);
        }
        return machines.Count == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"virtual machines shut down: {machines.Count}");
    }

    /// <summary>What the agent says of its parts; null when it does not answer.</summary>
    public async Task<IReadOnlyList<PartStatus>?> ComponentsAsync(CancellationToken cancellationToken)
    {
        try
        {
            StatusResponse status = await StatusAsync(cancellationToken);
            return [.. status.Components.Select(c => new PartStatus(c.Name, c.Ready, c.Message))];
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    protected override IReadOnlyList<string> Command() =>
        [
            .. Context.Self,
            "agent",
            "--socket",
            Context.Paths.AgentSocket,
            "--data-dir",
            Context.Paths.AgentState,
            "--manifest-dir",
            Context.Paths.Manifests,
            "--cni-proxy-socket",
            Context.Paths.CniProxySocket,
            "--libvirt-uri",
            "qemu+unix:///system?socket=/run/libvirt/libvirt-sock",
            "--node-name",
            Context.Settings.NodeName,
            "--metrics-address",
            $"unix:{Context.Paths.AgentHttpSocket}",
            .. Option("--guest-kernel", Context.Settings.GuestKernel),
            .. Option("--guest-initrd", Context.Settings.GuestInitrd),
            .. Option("--guest-cmdline", Context.Settings.GuestCommandLine),
        ];

    protected override async Task<Readiness> ProbeAsync(ProcessIdentity process, CancellationToken cancellationToken)
    {
        if (!File.Exists(Context.Paths.AgentSocket))
            return Readiness.NotYet($"no socket {Context.Paths.AgentSocket}");
        try
        {
            StatusResponse status = await StatusAsync(cancellationToken);
            string[] unready =
            [
                .. status.Components.Where(part => !part.Ready).Select(part => $"{part.Name}: {part.Message}"),
            ];
            return unready.Length == 0 ? Readiness.Ready : Readiness.NotYet(string.Join("; ", unready));
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            return Readiness.NotYet($"it does not answer: {e.Status.StatusCode} {e.Status.Detail}");
        }
    }

    private async Task<StatusResponse> StatusAsync(CancellationToken cancellationToken)
    {
        using GrpcChannel channel = UnixSocketChannel.Create(Context.Paths.AgentSocket);
        return await new VirtualMachines.VirtualMachinesClient(channel).StatusAsync(
            new StatusRequest(),
            deadline: DateTime.UtcNow + CallTimeout,
            cancellationToken: cancellationToken
        );
    }

    private static string[] Option(string name, string? value) => value is null ? [] : [name, value];
}
