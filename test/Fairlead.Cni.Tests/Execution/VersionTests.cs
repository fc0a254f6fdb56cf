using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Execution;

public sealed class VersionTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _plugins.Dispose();

    [Fact, Statement(40)]
    public async Task Version_SendsDummiesAndReadsTheList()
    {
        FakePlugin one = _plugins.Add("one");

        PluginVersions versions = await _plugins.Runtime().VersionAsync("one", Cancellation);

        Assert.Equal(["0.4.0", "1.0.0", "1.1.0"], versions.SupportedVersions.Select(v => v.ToString()));
        Assert.Equal("""{"cniVersion":"1.1.0"}""", one.Input("VERSION"));
        Dictionary<string, string> environment = one.Environment("VERSION");
        Assert.NotEqual("", environment["CNI_NETNS"]);
        Assert.NotEqual("", environment["CNI_IFNAME"]);
        Assert.NotEqual("", environment["CNI_PATH"]);
    }

    [Fact, Statement(40)]
    public async Task PluginThatDoesNotKnowVersion_Speaks010()
    {
        _plugins.Add("one").Fails("VERSION", 4, "unknown CNI_COMMAND: VERSION");
        PluginVersions versions = await _plugins.Runtime().VersionAsync("one", Cancellation);
        Assert.Equal([CniVersion.V0_1_0], versions.SupportedVersions);
    }

    [Fact, Statement(40)]
    public async Task AnswerIn020WithoutList_Means010And020()
    {
        _plugins.Add("one").On("VERSION", """{"cniVersion":"0.2.0"}""");
        PluginVersions versions = await _plugins.Runtime().VersionAsync("one", Cancellation);
        Assert.Equal([CniVersion.V0_1_0, CniVersion.V0_2_0], versions.SupportedVersions);
    }

    [Theory, Statement(40)]
    [InlineData("""{"supportedVersions":["1.0.0"]}""")]
    [InlineData("""{"cniVersion":"1.0.0"}""")]
    [InlineData("""{"cniVersion":"1.0.0","supportedVersions":["x"]}""")]
    [InlineData("nonsense")]
    public async Task AnswerWithoutVersionOrList_IsAnError(string answer)
    {
        _plugins.Add("one").On("VERSION", answer);
        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().VersionAsync("one", Cancellation)
        );
        Assert.Equal(CniFailure.InvalidOutput, e.Failure);
    }

    [Fact, Statement(16)]
    public async Task Validate_ReturnsTheEnabledCapabilities()
    {
        _plugins.Add("one");
        _plugins.Add("ipam");
        NetworkConfigurationList list = Sample.Parse(
            """
            {"name":"net","cniVersion":"1.0.0","plugins":[
            {"type":"one","ipam":{"type":"ipam"},"capabilities":{"mac":true,"ips":false}},
            {"type":"one","capabilities":{"mac":true,"bandwidth":true}}]}
            """
        );

        Assert.Equal(["mac", "bandwidth"], await _plugins.Runtime().ValidateAsync(list, Cancellation));
        Assert.Equal(["one VERSION", "ipam VERSION"], _plugins.Calls);
    }

    [Theory, Statement(16)]
    [InlineData("missing", "1.0.0", CniFailure.PluginNotFound)]
    [InlineData("one", "0.3.1", CniFailure.PluginError)]
    [InlineData("one", "", CniFailure.PluginError)]
    public async Task Validate_UnknownPluginOrVersion_IsAnError(string type, string version, CniFailure failure)
    {
        _plugins.Add("one");
        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().ValidateAsync(Sample.List(version, type), Cancellation)
        );
        Assert.Equal(failure, e.Failure);
    }

    [Fact, Statement(39)]
    public async Task PluginSearch_FirstMatchWinsDirectoriesArePassedOverLinksFollowed()
    {
        FakePlugin one = _plugins.Add("one");
        string early = Path.Combine(_plugins.Root, "early");
        string late = Path.Combine(_plugins.Root, "late");
        Directory.CreateDirectory(Path.Combine(early, "one"));
        Directory.CreateDirectory(late);
        File.CreateSymbolicLink(Path.Combine(late, "one"), Path.Combine(_plugins.Bin, "one"));

        await _plugins.Runtime(o => o with { PluginDirectories = [early, late] }).VersionAsync("one", Cancellation);

        Assert.Equal($"{early}:{late}", one.Environment("VERSION")["CNI_PATH"]);
    }

    [Theory, Statement(39)]
    [InlineData("", true, "is empty")]
    [InlineData("a/b", true, "separator")]
    [InlineData("../bin/one", true, "separator")]
    [InlineData("absent", true, "is not in")]
    [InlineData("one", false, "no plugin directories")]
    public async Task PluginSearch_EachFaultHasItsOwnMessage(string type, bool directories, string message)
    {
        _plugins.Add("one");
        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins
                .Runtime(o => o with { PluginDirectories = directories ? [_plugins.Bin] : [] })
                .VersionAsync(type, Cancellation)
        );
        Assert.Equal(CniFailure.PluginNotFound, e.Failure);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact, Statement(39)]
    public async Task PluginThatIsNotExecutable_IsFoundAndFailsToStart()
    {
        await File.WriteAllTextAsync(Path.Combine(_plugins.Bin, "text"), "x", Cancellation);
        CniException e = await Assert.ThrowsAsync<CniException>(() =>
            _plugins.Runtime().VersionAsync("text", Cancellation)
        );
        Assert.Equal(CniFailure.PluginNotStarted, e.Failure);
    }
}
