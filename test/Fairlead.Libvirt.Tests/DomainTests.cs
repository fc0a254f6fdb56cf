using System.Xml.Linq;
using static Fairlead.Libvirt.Tests.TestDriver;

namespace Fairlead.Libvirt.Tests;

public sealed class DomainTests
{
    [Fact]
    public async Task Defined_IsListedFoundAndOff()
    {
        await using LibvirtConnection connection = await OpenAsync();
        string name = UniqueName();
        Domain domain = await connection.DefineDomainAsync(DomainXml(name), cancellationToken: Cancellation);

        Assert.Contains(domain, await connection.ListDomainsAsync(Cancellation));
        Assert.Equal(domain, await connection.FindDomainAsync(name, Cancellation));
        Assert.Equal(name, (await connection.FindDomainAsync(domain.Uuid, Cancellation))?.Name);
        Assert.Equal(DomainState.Shutoff, (await domain.GetStateAsync(Cancellation)).State);
        Assert.True(await domain.IsPersistentAsync(Cancellation));
        Assert.False(await domain.IsActiveAsync(Cancellation));
        await domain.UndefineAsync(cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Uuid_IsTheOneOfTheXml()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Domain domain = await connection.CreateDomainAsync(DomainXml(UniqueName()), cancellationToken: Cancellation);
        var xml = ParseXml(await domain.GetXmlAsync(cancellationToken: Cancellation));
        Assert.Equal(domain.Uuid, xml.Uuid);
        Assert.NotNull(xml.Id);
        await domain.DestroyAsync(cancellationToken: Cancellation);
    }

    private static DomainXml ParseXml(string xml) => Fairlead.Libvirt.DomainXml.Parse(xml);

    [Fact]
    public async Task StateAndReason_FollowEveryCall()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Domain domain = await connection.DefineDomainAsync(DomainXml(UniqueName()), cancellationToken: Cancellation);

        await domain.StartAsync(cancellationToken: Cancellation);
        await AssertStateAsync(domain, DomainState.Running, DomainStateReason.RunningBooted);
        await domain.SuspendAsync(Cancellation);
        await AssertStateAsync(domain, DomainState.Paused, DomainStateReason.PausedUser);
        await domain.ResumeAsync(Cancellation);
        await AssertStateAsync(domain, DomainState.Running, DomainStateReason.RunningUnpaused);
        await domain.ResetAsync(Cancellation);
        await domain.DestroyAsync(cancellationToken: Cancellation);
        await AssertStateAsync(domain, DomainState.Shutoff, DomainStateReason.ShutoffDestroyed);
        await domain.StartAsync(cancellationToken: Cancellation);
        await domain.ShutdownAsync(cancellationToken: Cancellation);
        await AssertStateAsync(domain, DomainState.Shutoff, DomainStateReason.ShutoffShutdown);
        await domain.UndefineAsync(cancellationToken: Cancellation);
    }

    [Fact]
    public async Task TransientDestroyed_IsGone()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Domain domain = await connection.CreateDomainAsync(DomainXml(UniqueName()), cancellationToken: Cancellation);
        Assert.False(await domain.IsPersistentAsync(Cancellation));
        await domain.DestroyAsync(cancellationToken: Cancellation);

        Assert.Null(await connection.FindDomainAsync(domain.Name, Cancellation));
        Assert.Null(await connection.FindDomainAsync(domain.Uuid, Cancellation));
        LibvirtException e = await FailsAsync(LibvirtErrorCode.VIR_ERR_NO_DOMAIN, domain.GetStateAsync(Cancellation));
        Assert.True(e.IsAbsent);
        Assert.False(e.IsTransient);
    }

    [Fact]
    public async Task DestroyedWhenOff_SaysWhatAndWhy()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Domain domain = await connection.DefineDomainAsync(DomainXml(UniqueName()), cancellationToken: Cancellation);

        LibvirtException e = await FailsAsync(
            LibvirtErrorCode.VIR_ERR_OPERATION_INVALID,
            domain.DestroyAsync(cancellationToken: Cancellation)
        );
        Assert.Equal(LibvirtErrorLevel.Error, e.Level);
        Assert.NotEqual(LibvirtErrorDomain.VIR_FROM_NONE, e.Domain);
        Assert.StartsWith($"destroy domain {domain.Name}: ", e.Message);
        Assert.Contains("VIR_ERR_OPERATION_INVALID", e.Message);
        await domain.UndefineAsync(cancellationToken: Cancellation);
    }

    [Theory]
    [InlineData("<domain", LibvirtErrorCode.VIR_ERR_XML_DETAIL)]
    [InlineData("<domain type='test'/>", LibvirtErrorCode.VIR_ERR_NO_NAME)]
    [InlineData("<network/>", LibvirtErrorCode.VIR_ERR_XML_ERROR)]
    public async Task BadXml_FailsByCode(string xml, LibvirtErrorCode code)
    {
        await using LibvirtConnection connection = await OpenAsync();
        _ = await FailsAsync(code, connection.DefineDomainAsync(xml, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Metadata_IsStoredReadAndDeleted()
    {
        const string Uri = "https://fairlead.dev/test";
        await using LibvirtConnection connection = await OpenAsync();
        Domain domain = await connection.CreateDomainAsync(DomainXml(UniqueName()), cancellationToken: Cancellation);
        Assert.Null(await domain.GetMetadataAsync(Uri, cancellationToken: Cancellation));

        await domain.SetMetadataAsync("<vm key='é'/>", "f", Uri, cancellationToken: Cancellation);
        string stored = (await domain.GetMetadataAsync(Uri, cancellationToken: Cancellation))!;
        Assert.Equal("é", (string?)XElement.Parse(stored).Attribute("key"));
        DomainXml xml = ParseXml(await domain.GetXmlAsync(cancellationToken: Cancellation));
        Assert.Equal("é", (string?)xml.Metadata?.Elements().Single().Attribute("key"));

        await domain.SetMetadataAsync(null, "f", Uri, cancellationToken: Cancellation);
        Assert.Null(await domain.GetMetadataAsync(Uri, cancellationToken: Cancellation));
        await domain.DestroyAsync(cancellationToken: Cancellation);
    }

    [Fact]
    public async Task InterfaceStats_OfAnUnknownDevice_FailByCode()
    {
        await using LibvirtConnection connection = await OpenAsync();
        Domain domain = await connection.CreateDomainAsync(DomainXml(UniqueName()), cancellationToken: Cancellation);
        _ = await FailsAsync(
            LibvirtErrorCode.VIR_ERR_INVALID_ARG,
            domain.GetInterfaceStatsAsync("nope0", Cancellation)
        );
        await domain.DestroyAsync(cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Console_WhereTheDriverHasNone_FailsAndFreesItsStream()
    {
        LibvirtConnection connection = await OpenAsync();
        Domain domain = await connection.CreateDomainAsync(DomainXml(UniqueName()), cancellationToken: Cancellation);
        _ = await FailsAsync(
            LibvirtErrorCode.VIR_ERR_NO_SUPPORT,
            domain.OpenConsoleAsync(cancellationToken: Cancellation)
        );
        await domain.DestroyAsync(cancellationToken: Cancellation);
        await connection.DisposeAsync();
        Assert.Equal(0, connection.Handle.RemainingReferences);
    }

    private static async Task AssertStateAsync(Domain domain, DomainState state, DomainStateReason reason) =>
        Assert.Equal(new DomainStatus(state, reason), await domain.GetStateAsync(Cancellation));
}
