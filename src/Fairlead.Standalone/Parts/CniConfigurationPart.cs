using System.Net;
using Fairlead.Cni;
using Fairlead.Netlink;
using Fairlead.Standalone.Networks;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;
using Fairlead.Storage;

namespace Fairlead.Standalone.Parts;

/// <summary>The CNI configuration: the machine's own, or where it has none, a bundled network of the environment.</summary>
internal sealed class CniConfigurationPart(EnvironmentContext context) : IEnvironmentPart
{
    // The links of a namespace that nobody holds any more go in the kernel's own time.
    private static readonly TimeSpan PortGrace = TimeSpan.FromSeconds(5);

    private readonly EnvironmentPaths _paths = context.Paths;

    public string Name => "CNI configuration";

    public string? LogPath => null;

    private string BundledFile => Path.Combine(_paths.BundledCniConfiguration, BundledNetwork.FileName);

    public async Task<string?> EnsureAsync(CancellationToken cancellationToken)
    {
        // The pod is on a network already: a file that was added to the machine's directory since changes nothing.
        if (context.Record is { PodInterface.Attached: true, ConfigDirectory: not null })
            return null;
        (string directory, string? bridge) = await ChooseAsync(cancellationToken);
        NetworkConfigurationList network = NetworkChoice.Find(directory, context.Settings.Network);
        NetworkChoice.RequirePlugins(network, context.Settings.CniBinDirectories);
        if (bridge is not null)
            _ = Programs.Require("iptables", "iptables");
        if (context.Record.ConfigDirectory == directory && context.Record.BundledBridge == bridge)
            return null;
        await context.UpdateAsync(context.Record with { ConfigDirectory = directory, BundledBridge = bridge });
        return $"took network {network.Name} from {network.SourcePath}";
    }

    /// <summary>Removes the bridge that the bundled network's plugin has made and no plugin removes.</summary>
    public async Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        await using RouteSocket route = await RouteSocket.OpenAsync(netns: null, cancellationToken);
        long deadline = Environment.TickCount64 + (long)PortGrace.TotalMilliseconds;
        while (true)
        {
            IReadOnlyList<Link> links = await route.ListLinksAsync(cancellationToken);
            if (links.FirstOrDefault(IsOurBridge) is not { } bridge)
                return null;
            if (links.FirstOrDefault(link => link.MasterIndex == bridge.Index) is not { } port)
            {
                await route.DeleteLinkAsync(bridge.Index, cancellationToken);
                return $"removed bridge {bridge.Name}";
            }
            if (Environment.TickCount64 >= deadline)
                return $"left bridge {bridge.Name} in place: {port.Name} is still a port of it";
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    public Task<PartStatus> CheckAsync(CancellationToken cancellationToken)
    {
        if (context.Record.ConfigDirectory is not { } directory)
            return Task.FromResult(new PartStatus(Name, Ready: false, "no network was chosen"));
        try
        {
            NetworkConfigurationList network = NetworkChoice.Find(directory, context.Settings.Network);
            return Task.FromResult(new PartStatus(Name, Ready: true, $"network {network.Name}, {network.SourcePath}"));
        }
        catch (EnvironmentException e)
        {
            return Task.FromResult(new PartStatus(Name, Ready: false, e.Message));
        }
    }

    /// <summary>Marks the bridge as ours, so that it is known even without the record.</summary>
    public async Task MarkBridgeAsync(CancellationToken cancellationToken)
    {
        if (context.Record.BundledBridge is not { } name)
            return;
        await using RouteSocket route = await RouteSocket.OpenAsync(netns: null, cancellationToken);
        if (await route.GetLinkAsync(name, cancellationToken) is { } bridge)
            await route.SetLinkAsync(bridge.Index, new LinkChange { Alias = _paths.Name }, cancellationToken);
    }

    private bool IsOurBridge(Link link) =>
        link.Kind == "bridge"
        // By name only while it may have been made and not marked yet.
        && (link.Alias == _paths.Name || (link.Alias is null && link.Name == context.Record.BundledBridge));

    private async Task<(string Directory, string? Bridge)> ChooseAsync(CancellationToken cancellationToken)
    {
        string asked = context.Settings.CniConfDirectory;
        if (NetworkChoice.HasConfiguration(asked))
            return (asked, null);

        await using RouteSocket route = await RouteSocket.OpenAsync(netns: null, cancellationToken);
        IReadOnlyList<Link> links = await route.ListLinksAsync(cancellationToken);
        int? own = links.FirstOrDefault(IsOurBridge)?.Index;
        List<IPNetwork> used = [];
        foreach (AssignedAddress address in await route.ListAddressesAsync(null, cancellationToken))
        {
            if (address.IfIndex != own)
                used.Add(address.Address.Network);
        }
        foreach (Route entry in await route.ListRoutesAsync(new RouteFilter { Table = null }, cancellationToken))
        {
            if (entry.IfIndex != own || own is null)
                used.Add(entry.Destination);
        }

        if (File.Exists(BundledFile))
        {
            string? bridge = Keep(links, used);
            return (_paths.BundledCniConfiguration, bridge);
        }

        BundledNetwork chosen = new(
            FreeBridgeName(links),
            SubnetChoice.Choose(used)
                ?? throw new EnvironmentException("no private IPv4 subnet is free on this machine")
        );
        await DurableFile.WriteAsync(BundledFile, chosen.ToJson(_paths.BundledIpamData));
        return (_paths.BundledCniConfiguration, chosen.Bridge);
    }

    /// <summary>The bridge of the file that an earlier environment has left, if that can still be used.</summary>
    private string? Keep(IReadOnlyList<Link> links, List<IPNetwork> used)
    {
        if (!NetworkChoice.TryLoad(BundledFile, out NetworkConfigurationList? list, out string? reason))
            throw new EnvironmentException($"{BundledFile}: {reason}; remove it, and another one is made");
        if (BundledNetwork.From(list) is not { } network)
            return null;
        if (links.Any(link => link.Name == network.Bridge && !IsOurBridge(link)))
        {
            throw new EnvironmentException(
                $"{BundledFile} says bridge {network.Bridge}, and this machine has another link of that name; "
                    + "change the file, or remove it, and another one is made"
            );
        }
        if (network.Subnet is { } subnet && !SubnetChoice.IsFree(subnet, used))
        {
            throw new EnvironmentException(
                $"{BundledFile} says subnet {subnet}, and this machine has an address or a route in it; "
                    + "change the file, or remove it, and another one is made"
            );
        }
        return network.Bridge;
    }

    private static string FreeBridgeName(IReadOnlyList<Link> links) =>
        Enumerable
            .Range(0, int.MaxValue)
            .Select(number => $"fairlead{number}")
            .First(name => links.All(link => link.Name != name));
}
