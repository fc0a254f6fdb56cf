using System.Reflection;
using Fairlead.Agent.Reconciling;
using Fairlead.Agent.V1;
using Fairlead.CniProxy.Client;
using Fairlead.Libvirt;
using Fairlead.Vmi;

namespace Fairlead.Agent.Api;

/// <summary>Whether the parts that the agent needs are there.</summary>
internal sealed class AgentStatus(
    LibvirtSession libvirt,
    CniProxyConnection proxy,
    IVmSource source,
    AgentOptions options
)
{
    public static string Version { get; } =
        Assembly
            .GetExecutingAssembly()
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    public async Task<StatusResponse> GetAsync(CancellationToken cancellationToken)
    {
        StatusResponse response = new() { Node = options.NodeName, Version = Version };
        response.Components.Add(await ProbeAsync("libvirt", LibvirtAsync));
        response.Components.Add(await ProbeAsync("cni-proxy", ProxyAsync));
        SourceState state = source.State;
        response.Components.Add(
            new Component
            {
                Name = state.Name,
                Ready = state.IsReady,
                Message = state.Message,
            }
        );
        return response;

        async Task<string> LibvirtAsync()
        {
            LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
            LibvirtVersions versions = await connection.GetVersionAsync(cancellationToken);
            return $"{libvirt.Uri} (libvirt {versions.Daemon}, QEMU {versions.Hypervisor})";
        }

        async Task<string> ProxyAsync()
        {
            CniProxy.V1.StatusResponse status = await proxy.StatusAsync(cancellationToken);
            CniProxy.V1.NetworkStatus? network = status.Networks.FirstOrDefault(n => n.Network.Default);
            return network is null ? throw new InvalidOperationException("the CNI proxy offers no network")
                : network.Ready
                    ? $"default network {network.Network.Name} ({string.Join(", ", network.Network.Plugins)})"
                : throw new InvalidOperationException(
                    $"default network {network.Network.Name} is not ready: {network.Reason}"
                );
        }
    }

    private static async Task<Component> ProbeAsync(string name, Func<Task<string>> probe)
    {
        try
        {
            return new Component
            {
                Name = name,
                Ready = true,
                Message = await probe(),
            };
        }
        catch (Exception e) when (e is LibvirtException or CniProxyException or InvalidOperationException)
        {
            return new Component
            {
                Name = name,
                Ready = false,
                Message = e.Message,
            };
        }
    }
}
