using Fairlead.Cni;
using Fairlead.Netlink;
using Fairlead.Standalone.Networks;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;
using Fairlead.Standalone.Records;

namespace Fairlead.Standalone.Parts;

/// <summary>The pod interface, eth0, attached through CNI as a container runtime does it.</summary>
internal sealed class PodInterfacePart(EnvironmentContext context, CniConfigurationPart configuration)
    : IEnvironmentPart
{
    private const string InterfaceName = "eth0";

    public string Name => "eth0";

    public string? LogPath => null;

    public async Task<string?> EnsureAsync(CancellationToken cancellationToken)
    {
        if (context.Record.PodInterface is { Attached: true } && await FindAsync(cancellationToken) is not null)
            return null;
        // Half an attachment, or one of a namespace that is gone, as after a reboot: its address is still reserved.
        await RemoveAsync(cancellationToken);

        NetworkConfigurationList network = NetworkChoice.Find(
            context.Record.ConfigDirectory!,
            context.Settings.Network
        );
        PodInterfaceRecord intent = new()
        {
            Network = network.Name,
            ContainerId = context.Record.SandboxId,
            NetnsPath = context.Paths.NetworkNamespacePath,
            Configuration = network.RawBytes.ToArray(),
            Attached = false,
        };
        await context.UpdateAsync(context.Record with { PodInterface = intent });
        await Runtime().AddAsync(network, AttachmentOf(intent), cancellationToken);
        await context.UpdateAsync(context.Record with { PodInterface = intent with { Attached = true } });
        await configuration.MarkBridgeAsync(cancellationToken);
        return $"attached {InterfaceName} to network {network.Name}: {await FindAsync(cancellationToken)}";
    }

    public async Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        if (context.Record.PodInterface is not { } attached)
            return null;
        NetworkConfigurationList network = NetworkConfigurationList.Parse(attached.Configuration);
        if (
            await FindAsync(cancellationToken) is not null
            || !await TryReleaseGoneAsync(network, attached, cancellationToken)
        )
        {
            // Without a namespace DEL still releases what does not live in it, the address above all.
            using NetworkNamespace? netns = context.OpenNetworkNamespace();
            CniAttachment attachment = AttachmentOf(attached) with
            {
                NetnsPath = netns is null ? null : attached.NetnsPath,
            };
            await Runtime().DeleteAsync(network, attachment, previousResult: null, cancellationToken);
        }
        await context.UpdateAsync(context.Record with { PodInterface = null });
        return $"released {InterfaceName} from network {attached.Network}";
    }

    /// <summary>Releases an interface that has gone with its namespace, by one that stands in for it; false when that is not to be done.</summary>
    private async Task<bool> TryReleaseGoneAsync(
        NetworkConfigurationList network,
        PodInterfaceRecord attached,
        CancellationToken cancellationToken
    )
    {
        CniAttachment attachment = AttachmentOf(attached);
        CachedAttachment? cached = new CniCache(context.Paths.PodInterfaceCache).Read(network.Name, attachment.Id);
        if (cached?.Result is not { Ips: { Count: > 0 } ips })
            return false; // an ADD that was cut off: nobody knows what it has made
        try
        {
            using StandInInterface standIn = await StandInInterface.CreateAsync(
                context.Paths.StandInNamespacePath,
                InterfaceName,
                ips.Select(ip => new InterfaceAddress(ip.Address.Address, ip.Address.PrefixLength)),
                cancellationToken
            );
            await Runtime()
                .DeleteAsync(
                    network,
                    attachment with
                    {
                        NetnsPath = standIn.Path,
                    },
                    previousResult: null,
                    cancellationToken
                );
            return true;
        }
        catch (Exception e) when (e is CniException or NetlinkException)
        {
            return false;
        }
    }

    /// <summary>
    /// Gives up an attachment that no plugin would release: a configuration with which ADD fails and DEL too would else keep
    /// its environment for ever. Returns what was done, or null when there is no attachment.
    /// </summary>
    public async Task<string?> ForgetAsync()
    {
        if (context.Record.PodInterface is not { } attached)
            return null;
        await context.UpdateAsync(context.Record with { PodInterface = null });
        return $"gave {InterfaceName} up: network {attached.Network} may keep what it has reserved for {attached.ContainerId}";
    }

    public async Task<PartStatus> CheckAsync(CancellationToken cancellationToken)
    {
        string? addresses = await FindAsync(cancellationToken);
        return context.Record.PodInterface switch
        {
            null or { Attached: false } => new PartStatus(Name, Ready: false, "not attached"),
            { } record when addresses is null => new PartStatus(
                Name,
                Ready: false,
                $"gone, though attached to network {record.Network}"
            ),
            { } record => new PartStatus(Name, Ready: true, $"{addresses}, network {record.Network}"),
        };
    }

    private CniRuntime Runtime() =>
        new(
            new CniRuntimeOptions
            {
                PluginDirectories = context.Settings.CniBinDirectories,
                CacheDirectory = context.Paths.PodInterfaceCache,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = Programs.SearchPath },
            }
        );

    // As containerd and CRI-O name a pod: networks that assign addresses by pod go by these.
    private CniAttachment AttachmentOf(PodInterfaceRecord record) =>
        new()
        {
            ContainerId = record.ContainerId,
            InterfaceName = InterfaceName,
            NetnsPath = record.NetnsPath,
            CniArgs =
            [
                new("IgnoreUnknown", "1"),
                new("K8S_POD_NAMESPACE", EnvironmentContext.PodNamespace),
                new("K8S_POD_NAME", context.PodName),
                new("K8S_POD_INFRA_CONTAINER_ID", record.ContainerId),
                new("K8S_POD_UID", context.Record.PodUid),
            ],
        };

    /// <summary>The addresses of eth0, link-local ones left out, for a person; null when there is no such link.</summary>
    private async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        using NetworkNamespace? netns = context.OpenNetworkNamespace();
        if (netns is null)
            return null;
        await using RouteSocket route = await RouteSocket.OpenAsync(netns, cancellationToken);
        if (await route.GetLinkAsync(InterfaceName, cancellationToken) is not { } link)
            return null;
        IReadOnlyList<AssignedAddress> addresses = await route.ListAddressesAsync(link.Index, cancellationToken);
        List<string> shown =
        [
            .. addresses.Where(a => a.Scope == RouteScope.Universe).Select(a => a.Address.ToString()),
        ];
        return shown.Count == 0 ? "no address" : string.Join(", ", shown);
    }
}
