using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Fixture;

/// <summary>
/// Everything that machines make on a node: links, addresses, routes, firewall, processes, mounts, reservations, records,
/// libvirt's files, domains and networks. Logs stay, by intention.
/// </summary>
public sealed class Footprint
{
    private static readonly string[] ObjectDirectories = ["/var/lib/fairlead/agent", "/var/lib/fairlead/manifests"];

    private static readonly string[] ResourceDirectories =
    [
        "/var/lib/fairlead/agent/attachments",
        "/var/lib/fairlead/cni",
        // The files in them: the directories are made once, with the first machine.
        "/var/lib/fairlead/cni-proxy/attachments",
        "/var/lib/fairlead/cni-proxy/cni-cache/results",
        "/var/lib/fairlead/libvirt/etc/qemu",
        "/var/lib/fairlead/libvirt/lib/dnsmasq",
        "/run/fairlead/agent",
        "/run/fairlead/cni-proxy",
        "/run/fairlead/libvirt/network",
        "/run/fairlead/libvirt/qemu",
    ];

    private readonly GuestEnvironment _environment;
    private readonly string[] _directories;
    private readonly NodeSnapshot _node;
    private readonly IReadOnlyList<string> _libvirt;

    private Footprint(
        GuestEnvironment environment,
        string[] directories,
        NodeSnapshot node,
        IReadOnlyList<string> libvirt
    )
    {
        _environment = environment;
        _directories = directories;
        _node = node;
        _libvirt = libvirt;
    }

    /// <summary>With manifests and records: for what is deleted.</summary>
    public static Task<Footprint> OfEverythingAsync(GuestEnvironment environment) =>
        CaptureAsync(environment, [.. ResourceDirectories, .. ObjectDirectories]);

    /// <summary>Without manifests and records of machines: for what has ended and is still there as an object.</summary>
    public static Task<Footprint> OfResourcesAsync(GuestEnvironment environment) =>
        CaptureAsync(environment, ResourceDirectories);

    /// <summary>Fails the test with the differences unless the node becomes again what it was.</summary>
    public async Task RestoredAsync()
    {
        await NodeSnapshot.RestoredAsync(_environment.Node, _node, GuestEnvironment.Patience, _directories);
        Assert.Equal(_libvirt, await LibvirtObjectsAsync(_environment));
    }

    /// <summary>Fails the test if nothing is different: what is taken away later must have been there.</summary>
    public async Task ChangedAsync()
    {
        NodeSnapshot now = await NodeSnapshot.CaptureAsync(_environment.Node, _directories);
        Assert.NotEmpty(NodeSnapshot.Diff(_node, now));
    }

    private static async Task<Footprint> CaptureAsync(GuestEnvironment environment, string[] directories) =>
        new(
            environment,
            directories,
            await NodeSnapshot.CaptureAsync(environment.Node, directories),
            await LibvirtObjectsAsync(environment)
        );

    private static async Task<IReadOnlyList<string>> LibvirtObjectsAsync(GuestEnvironment environment)
    {
        await using LibvirtConnection libvirt = await environment.ConnectToLibvirtAsync();
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        return
        [
            .. (await libvirt.ListDomainsAsync(cancellationToken)).Select(domain => $"domain {domain.Name}"),
            .. (await libvirt.ListNetworksAsync(cancellationToken)).Select(network => $"network {network.Name}"),
        ];
    }
}
