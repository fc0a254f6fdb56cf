using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Vmi.Tests;

public sealed class AttachmentRecordStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-vmi-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Record_IsReadBackWhole()
    {
        VnicEndpoint endpoint = Sample.Endpoint("10.88.0.4/16", "fd00::4/64") with
        {
            Routes = [Sample.Route("192.168.0.0/16", "10.88.0.9"), Sample.Route("198.51.100.0/24", null)],
            Dns = new VnicDns
            {
                Servers = [IPAddress.Parse("10.96.0.10")],
                Search = ["a.example"],
                Domain = "a.example",
            },
        };
        await Open().SaveAsync(Sample.Record(endpoint));

        AttachmentRecord read = Assert.Single(Open().List());

        Assert.Equal(Sample.Names.AttachmentKey, read.Key);
        Assert.Equal("podnet", read.Network);
        Assert.Equal(IPAddress.Parse("169.254.75.1"), read.BridgeAddress);
        Assert.Equal(endpoint.Mac, read.Endpoint!.Mac);
        Assert.Equal(endpoint.Addresses, read.Endpoint.Addresses);
        Assert.Equal(endpoint.Gateway, read.Endpoint.Gateway);
        Assert.Equal(endpoint.Routes, read.Endpoint.Routes);
        Assert.Equal(endpoint.MtuBytes, read.Endpoint.MtuBytes);
        Assert.Equal(endpoint.Dns.Servers, read.Endpoint.Dns.Servers);
        Assert.Equal(endpoint.Dns.Search, read.Endpoint.Dns.Search);
        Assert.Equal(endpoint.Dns.Domain, read.Endpoint.Dns.Domain);
    }

    [Fact]
    public async Task Attachment_IsFoundByMachineAndByEachOfItsLinks_UntilItIsRemoved()
    {
        AttachmentRecordStore store = Open();
        AttachmentRecord record = Sample.Record(Sample.Endpoint("10.88.0.4/16"));
        await store.SaveAsync(record with { Endpoint = null });
        await store.SaveAsync(record);

        foreach (AttachmentRecordStore found in (AttachmentRecordStore[])[store, Open()])
        {
            Assert.NotNull(Assert.Single(found.OfVm(Sample.Uid)).Value.Endpoint);
            foreach (string link in (string[])[Sample.Names.VmInterface, Sample.Names.Bridge, Sample.Names.Tap])
                Assert.Equal(record.Key, found.FindByLink(link)?.Key);
        }

        store.Remove(Sample.Names);

        Assert.Empty(store.OfVm(Sample.Uid));
        Assert.Null(store.FindByLink(Sample.Names.Tap));
    }

    [Fact]
    public async Task RecordOfARun_IsReadByTheNext_SoThatItsNetworkIsRecognised()
    {
        AttachmentRecord record = Sample.Record(Sample.Endpoint("10.88.0.4/16"));
        await Open().SaveAsync(record);

        AttachmentRecord read = Open().Find(Sample.Names)!;

        Assert.True(DhcpNetwork.IsMadeFrom(DhcpNetwork.BuildXml(read), DhcpNetwork.BuildXml(record).ToString()));
    }

    [Fact]
    public async Task File_SpeaksTheUsualNotations()
    {
        await Open()
            .SaveAsync(
                Sample.Record(Sample.Endpoint("10.88.0.4/16") with { Routes = [Sample.Route("10.0.0.0/8", null)] })
            );

        using JsonDocument json = JsonDocument.Parse(await File.ReadAllTextAsync(RecordFile(), Cancellation));
        JsonElement endpoint = json.RootElement.GetProperty("endpoint");
        Assert.Equal("0a:58:0a:58:00:04", endpoint.GetProperty("mac").GetString());
        Assert.Equal("10.88.0.4/16", endpoint.GetProperty("addresses")[0].GetString());
        Assert.Equal("10.88.0.1", endpoint.GetProperty("gateway").GetString());
        Assert.Equal("10.0.0.0/8", endpoint.GetProperty("routes")[0].GetProperty("destination").GetString());
    }

    [Theory]
    [InlineData("\"0a:58:0a:58:00:04\"", "\"0a:58\"")]
    [InlineData("\"10.88.0.4/16\"", "\"10.88.0.4\"")]
    [InlineData("\"10.88.0.1\"", "\"gateway\"")]
    [InlineData("\"10.88.0.1\"", "17")]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("}", "")]
    public async Task FileThatIsNoRecord_IsSetAsideAndTheRestIsRead(string old, string broken)
    {
        AttachmentRecordStore store = Open();
        await store.SaveAsync(Sample.Record(Sample.Endpoint("10.88.0.4/16")));
        string path = RecordFile();
        await store.FindOrBeginAsync(Sample.Names with { Vnic = "net1" }, Cancellation);
        string text = await File.ReadAllTextAsync(path, Cancellation);
        Assert.Contains(old, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            path,
            text.Replace(old, broken, StringComparison.Ordinal),
            Encoding.UTF8,
            Cancellation
        );

        Assert.Equal("net1", Assert.Single(Open().List()).Vnic);
        Assert.True(File.Exists(path + ".unreadable"));
    }

    [Fact]
    public async Task FindOrBegin_KeepsTheBridgeAddressForGood()
    {
        AttachmentRecord begun = await Open().FindOrBeginAsync(Sample.Names, Cancellation);

        Assert.Null(begun.Endpoint);
        Assert.Equal(begun.BridgeAddress, (await Open().FindOrBeginAsync(Sample.Names, Cancellation)).BridgeAddress);
    }

    [Fact]
    public async Task FindOrBegin_OfManyAtOnce_GivesEachABridgeAddressOfItsOwn()
    {
        AttachmentRecordStore store = Open();

        AttachmentRecord[] begun = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i => store.FindOrBeginAsync(Sample.Names with { Vnic = $"net{i}" }, Cancellation))
        );

        Assert.Equal(40, begun.Select(r => r.BridgeAddress).Distinct().Count());
    }

    [Fact]
    public async Task Remove_TwiceIsOnce()
    {
        AttachmentRecordStore store = Open();
        await store.FindOrBeginAsync(Sample.Names, Cancellation);

        store.Remove(Sample.Names);
        store.Remove(Sample.Names);

        Assert.Null(store.Find(Sample.Names));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    private AttachmentRecordStore Open() => AttachmentRecordStore.Open(_directory, NullLogger.Instance);

    private string RecordFile() => Directory.GetFiles(_directory, "*.json").Single();
}
