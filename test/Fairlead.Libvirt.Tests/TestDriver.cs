namespace Fairlead.Libvirt.Tests;

/// <summary>
/// libvirt's own in-process driver. Every connection to <c>test:///default</c> in a process shares one world that starts with the
/// domain and the network "test", so tests use names of their own; a file URI gives a connection a world for itself.
/// </summary>
internal static class TestDriver
{
    public const string Uri = "test:///default";

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<LibvirtConnection> OpenAsync() =>
        LibvirtConnection.OpenAsync(Uri, cancellationToken: Cancellation);

    public static string UniqueName() => $"t-{Guid.NewGuid():N}"[..14];

    public static string DomainXml(string name, string devices = "", string metadata = "") =>
        $"""
            <domain type='test'><name>{name}</name><memory>65536</memory><os><type>hvm</type></os>
            <metadata>{metadata}</metadata><devices>{devices}</devices></domain>
            """;

    /// <summary>The subnet is checked by nobody: the driver makes no bridge.</summary>
    public static string NetworkXml(string name, string dhcp = "") =>
        $"""
            <network><name>{name}</name><bridge name='{name}'/><forward mode='open'/>
            <ip address='192.168.77.1' netmask='255.255.255.0'>{dhcp}</ip></network>
            """;

    /// <summary>Awaits a failure and asserts its code.</summary>
    public static async Task<LibvirtException> FailsAsync(LibvirtErrorCode code, Task call)
    {
        LibvirtException e = await Assert.ThrowsAsync<LibvirtException>(() => call);
        Assert.Equal(code, e.Code);
        return e;
    }
}
