using Fairlead.Libvirt.Interop;
using static Fairlead.Libvirt.Tests.TestDriver;

namespace Fairlead.Libvirt.Tests;

public sealed class ConnectionTests
{
    [Fact]
    public async Task Versions_AreRead()
    {
        await using LibvirtConnection connection = await OpenAsync();
        LibvirtVersions versions = await connection.GetVersionAsync(Cancellation);
        Assert.Equal(versions.Library, versions.Daemon);
        Assert.True(versions.Library >= new Version(6, 0, 0), $"libvirt {versions.Library}");
    }

    [Fact]
    public async Task Capabilities_AreADocument()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Assert.StartsWith("<capabilities>", await connection.GetCapabilitiesXmlAsync(Cancellation));
    }

    [Fact]
    public async Task NoDaemon_FailsAsTransient()
    {
        string socket = Path.Combine(Path.GetTempPath(), $"fl-no-{Guid.NewGuid():N}");
        LibvirtException e = await FailsAsync(
            LibvirtErrorCode.VIR_ERR_SYSTEM_ERROR,
            LibvirtConnection.OpenAsync($"qemu+unix:///system?socket={socket}", cancellationToken: Cancellation)
        );
        Assert.True(e.IsTransient);
        Assert.True(e.IsConnectionLost);
        Assert.Contains(socket, e.Message);
    }

    [Fact]
    public async Task Disposed_ClosesEverythingAndSaysSo()
    {
        LibvirtConnection connection = await OpenAsync();
        _ = await connection.ListDomainsAsync(Cancellation);
        _ = await connection.SubscribeDomainEventsAsync(Cancellation);
        using LibvirtEventSubscription<NetworkLifecycleEvent> networks = await connection.SubscribeNetworkEventsAsync(
            Cancellation
        );
        await connection.DisposeAsync();

        Assert.Equal(ConnectionCloseReason.Client, await connection.Closed);
        Assert.Equal(0, connection.Handle.RemainingReferences);
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.ListDomainsAsync(Cancellation));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task DisposedWhileCallsRun_LetsThemEnd()
    {
        LibvirtConnection connection = await OpenAsync();
        Task[] calls =
        [
            .. Enumerable.Range(0, 40).Select(_ => (Task)connection.ListDomainsAsync(Cancellation)),
            .. Enumerable.Range(0, 40).Select(_ => (Task)connection.SubscribeDomainEventsAsync(Cancellation)),
        ];
        await connection.DisposeAsync();
        await Task.WhenAll(calls);
        Assert.Equal(0, connection.Handle.RemainingReferences);
    }

    [Fact]
    public async Task ParallelFailures_EachGetTheirOwnError()
    {
        await using LibvirtConnection connection = await OpenAsync();
        var absent = Guid.NewGuid();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 400),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation },
            async (i, cancellationToken) =>
            {
                (LibvirtErrorCode code, Task call) = (i % 4) switch
                {
                    0 => (
                        LibvirtErrorCode.VIR_ERR_XML_DETAIL,
                        (Task)connection.DefineDomainAsync($"<x{i}", cancellationToken: cancellationToken)
                    ),
                    1 => (
                        LibvirtErrorCode.VIR_ERR_XML_ERROR,
                        connection.CreateNetworkAsync($"<x{i}/>", cancellationToken)
                    ),
                    2 => (
                        LibvirtErrorCode.VIR_ERR_NO_SUPPORT,
                        connection.GetDomainCapabilitiesXmlAsync(virtType: $"{i}", cancellationToken: cancellationToken)
                    ),
                    _ => (LibvirtErrorCode.VIR_ERR_OK, connection.FindDomainAsync(absent, cancellationToken)),
                };
                if (code == LibvirtErrorCode.VIR_ERR_OK)
                    await call;
                else
                    Assert.Contains($"{code}", (await FailsAsync(code, call)).Message);
            }
        );
    }

    [Fact]
    public async Task CancelledBefore_DoesNotCall()
    {
        await using LibvirtConnection connection = await OpenAsync();
        string name = UniqueName();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            connection.CreateDomainAsync(DomainXml(name), cancellationToken: new CancellationToken(canceled: true))
        );
        Assert.Null(await connection.FindDomainAsync(name, Cancellation));
    }

    [Fact]
    public void MissingLibrary_SaysWhatToInstall()
    {
        DllNotFoundException e = Assert.Throws<DllNotFoundException>(() =>
            LibvirtLibrary.Load("libvirt-not-here.so.0")
        );
        Assert.Contains("install libvirt0", e.Message);
    }
}
