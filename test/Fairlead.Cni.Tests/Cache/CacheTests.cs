using System.Text;
using System.Text.Json;
using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Cache;

public sealed class CacheTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Results => Path.Combine(_plugins.CacheDirectory, "results");

    public void Dispose() => _plugins.Dispose();

    [Fact, Statement(22)]
    public async Task Entry_HoldsWhatWasSentAndReturned()
    {
        string result = """{"cniVersion":"1.0.0","big":12345678901234567890,"s":"<"}""";
        _plugins.Add("one").OnRun("ADD", $"printf '%s' '{result}'");
        NetworkConfigurationList list = Sample.List("1.0.0", "one");
        CniAttachment attachment = Sample.Attachment with
        {
            CniArgs = [new("A", "1")],
            CapabilityArgs = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
            {
                ["ips"] = JsonElement.Parse("[ \"10.0.0.9/24\" ]"),
            },
        };
        CniRuntime runtime = _plugins.Runtime();

        await runtime.AddAsync(list, attachment, Cancellation);

        CachedAttachment entry = runtime.Cache!.Read("net", attachment.Id)!;
        Assert.Equal(list.RawBytes.ToArray(), entry.Configuration.ToArray());
        Assert.Equal(result, Sample.Text(entry.Result!.RawBytes));
        Assert.Equal(attachment.CniArgs, entry.Attachment.CniArgs);
        Assert.Equal("[ \"10.0.0.9/24\" ]", entry.Attachment.CapabilityArgs["ips"].GetRawText());
        Assert.Equal("/run/netns/x", entry.Attachment.NetnsPath);
    }

    [Fact, Statement(22)]
    public async Task Entry_IsALibcniFileOfTheOwnerOnly()
    {
        _plugins.Add("one").OnRun("ADD", """printf '{"cniVersion":"1.0.0"}'""");

        await _plugins
            .Runtime()
            .AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment with { CniArgs = [new("A", "1")] }, Cancellation);

        string path = Path.Combine(Results, "net-c1-eth0");
        string config = Convert.ToBase64String("""{"cniVersion":"1.0.0","name":"net","plugins":[{"type":"one"}]}"""u8);
        Assert.Equal(
            $$$"""{"kind":"cniCacheV1","containerId":"c1","config":"{{{config}}}","ifName":"eth0","networkName":"net","netns":"/run/netns/x","cniArgs":[["A","1"]],"result":{"cniVersion":"1.0.0"}}""",
            await File.ReadAllTextAsync(path, Cancellation)
        );
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(path));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Results));
        Assert.Single(Directory.GetFiles(Results));
    }

    [Fact, Statement(23)]
    public async Task TwoInterfacesOnOneNetwork_HaveTwoEntries()
    {
        _plugins.Add("one");
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation);
        await runtime.AddAsync(
            Sample.List("1.0.0", "one"),
            Sample.Attachment with
            {
                InterfaceName = "eth1",
            },
            Cancellation
        );
        Assert.Equal(
            ["net-c1-eth0", "net-c1-eth1"],
            Directory.GetFiles(Results).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Theory, Statement(24)]
    [InlineData("", "c", "i", "network name")]
    [InlineData("n", "", "i", "container ID is empty")]
    [InlineData("n", "c", "", "interface name is empty")]
    public void AccessWithoutNames_IsRefused(string network, string id, string ifname, string message)
    {
        CniException e = Assert.Throws<CniException>(() =>
            new CniCache(_plugins.CacheDirectory).Read(network, new(id, ifname))
        );
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact, Statement(24)]
    public void MissingEntry_IsNull() =>
        Assert.Null(new CniCache(_plugins.CacheDirectory).Read("net", Sample.Attachment.Id));

    [Theory, Statement(24)]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"kind":"cniCacheV1","containerId":"c1","ifName":"eth0","networkName":"net","config":"#"}""")]
    [InlineData("""{"kind":"cniCacheV1","containerId":"c1","ifName":"eth0","networkName":"net","cniArgs":[["a"]]}""")]
    [InlineData("""{"kind":"cniCacheV1","containerId":"other","ifName":"eth0","networkName":"net"}""")]
    public void InvalidEntry_IsAFormatErrorThatNamesTheFile(string content)
    {
        Write("net-c1-eth0", content);
        CniFormatException e = Assert.Throws<CniFormatException>(() =>
            new CniCache(_plugins.CacheDirectory).Read("net", Sample.Attachment.Id)
        );
        Assert.Contains("net-c1-eth0", e.Message, StringComparison.Ordinal);
    }

    [Fact, Statement(25)]
    public async Task List_AllOrThoseOfOneContainer_SkippingForeignAndBadFiles()
    {
        _plugins.Add("one");
        CniRuntime runtime = _plugins.Runtime();
        foreach (string id in (string[])["c1", "c12", "c2"])
        {
            await runtime.AddAsync(
                Sample.List("1.0.0", "one"),
                Sample.Attachment with
                {
                    ContainerId = id,
                },
                Cancellation
            );
        }
        Write("foreign", """{"kind":"other"}""");
        Write("bad", "{");
        Write("legacy-c1-eth0", """{"cniVersion":"1.0.0"}""");

        Assert.Equal(3, runtime.Cache!.List().Count);
        Assert.Equal("c1", Assert.Single(runtime.Cache.List("c1")).Attachment.ContainerId);
        Assert.Empty(runtime.Cache.List("c"));
    }

    [Fact]
    public async Task WhatACutOffWriteLeft_IsNoEntry()
    {
        _plugins.Add("one");
        CniRuntime runtime = _plugins.Runtime();
        await runtime.AddAsync(Sample.List("1.0.0", "one"), Sample.Attachment, Cancellation);
        string entry = Assert.Single(Directory.GetFiles(Results));
        File.Copy(entry, Path.Combine(Results, ".0123.tmp"));

        Assert.Single(runtime.Cache!.List());
    }

    [Theory]
    [InlineData("")]
    [InlineData("results")]
    public async Task FileInPlaceOfTheDirectory_ListAndGcFail(string name)
    {
        string path = Path.Combine(_plugins.Root, "file", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path.TrimEnd('/'))!);
        await File.WriteAllTextAsync(path.TrimEnd('/'), "", Cancellation);
        _plugins.Add("one");
        CniRuntime runtime = _plugins.Runtime(o => o with { CacheDirectory = Path.Combine(_plugins.Root, "file") });

        Assert.ThrowsAny<IOException>(() => runtime.Cache!.List());

        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            runtime.GcAsync(Sample.List("1.1.0", "one"), [], Cancellation)
        );
        Assert.Equal(CniFailure.Cache, e.Failure);
        Assert.Equal(["one GC"], _plugins.Calls);
    }

    [Fact]
    public void NoCacheDirectoryYet_ListIsEmpty() => Assert.Empty(new CniCache("/nonexistent/x").List());

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Results);
        File.WriteAllText(Path.Combine(Results, name), content, new UTF8Encoding(false));
    }
}
