namespace Fairlead.Cni.Tests.Configuration;

public sealed class ConfigurationDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-cni-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact, Statement(1)]
    public void ConflistAndConfOfTheSameName_TheConflistWins()
    {
        Write("10-a.conf", """{"cniVersion":"1.0.0","name":"net","type":"single"}""");
        Write("20-b.conflist", """{"cniVersion":"1.0.0","name":"net","plugins":[{"type":"listed"}]}""");

        ConfigurationScan scan = Load();

        Assert.Equal("listed", Assert.Single(scan.Networks).Plugins[0].Type);
        SkippedConfiguration skipped = Assert.Single(scan.Skipped);
        Assert.EndsWith("10-a.conf", skipped.Path, StringComparison.Ordinal);
        Assert.Contains("20-b.conflist", skipped.Reason, StringComparison.Ordinal);
    }

    [Theory, Statement(1), Statement(5)]
    [InlineData("a.conf")]
    [InlineData("a.json")]
    public void OnlyASingleConfiguration_IsFound(string file)
    {
        Write(file, """{"cniVersion":"1.0.0","name":"net","type":"single"}""");
        Assert.Equal("single", Directory_.Find("net").Plugins[0].Type);
    }

    [Fact, Statement(2)]
    public void MissingDirectory_HasNoNetworksAndSaysSo()
    {
        NetworkConfigurationDirectory missing = new(Path.Combine(_directory, "none"));

        Assert.Empty(missing.Load().Networks);
        CniNetworkNotFoundException e = Assert.Throws<CniNetworkNotFoundException>(() => missing.Find("net"));
        Assert.Empty(e.Scan.Networks);
        Assert.Contains("no network configuration", e.Message, StringComparison.Ordinal);
    }

    [Fact, Statement(2)]
    public void UnknownName_IsNotFoundWithDirectoryAndName()
    {
        Write("a.conf", """{"name":"net","type":"x"}""");

        CniNetworkNotFoundException e = Assert.Throws<CniNetworkNotFoundException>(() => Directory_.Find("other"));

        Assert.Equal("other", e.NetworkName);
        Assert.Equal(_directory, e.Scan.Directory);
    }

    [Fact, Statement(3)]
    public void MalformedFileMetFirst_IsNamedAndHidesNothing()
    {
        Write("00-bad.conflist", "{\n  \"name\": }");
        Write("10-good.conflist", """{"name":"net","plugins":[{"type":"x"}]}""");

        ConfigurationScan scan = Load();

        Assert.Equal("net", Assert.Single(scan.Networks).Name);
        Assert.Contains("00-bad.conflist", Assert.Single(scan.Skipped).Reason, StringComparison.Ordinal);
        Assert.Contains("line 2", scan.Skipped[0].Reason, StringComparison.Ordinal);
        CniNetworkNotFoundException e = Assert.Throws<CniNetworkNotFoundException>(() => scan.Find("bad"));
        Assert.Contains("00-bad.conflist", e.Message, StringComparison.Ordinal);
    }

    [Fact, Statement(4)]
    public void NestedDirectory_IsNotSearched()
    {
        Write("deeper/a.conflist", """{"name":"net","plugins":[{"type":"x"}]}""");
        Assert.Empty(Load().Networks);
    }

    [Fact, Statement(9)]
    public void FolderOfTheNetwork_IsAppendedToTheInlinedPlugins()
    {
        Write("a.conflist", """{"name":"net","plugins":[{"type":"inlined"}]}""");
        Write("net/20.conf", """{"type":"second"}""");
        Write("net/10.conf", """{"type":"first"}""");
        Write("net/ignored.json", """{"type":"no"}""");

        NetworkConfigurationList list = Directory_.Find("net");

        Assert.Equal(["inlined", "first", "second"], list.Plugins.Select(p => p.Type));
        NetworkConfigurationList recorded = NetworkConfigurationList.Parse(list.RawBytes.Span);
        Assert.Equal(["inlined", "first", "second"], recorded.Plugins.Select(p => p.Type));
    }

    [Fact, Statement(9)]
    public void LoadOnlyInlinedPlugins_IgnoresTheFolder()
    {
        Write("a.conflist", """{"name":"net","loadOnlyInlinedPlugins":true,"plugins":[{"type":"inlined"}]}""");
        Write("net/10.conf", """{"type":"first"}""");
        Assert.Equal("inlined", Assert.Single(Directory_.Find("net").Plugins).Type);
    }

    [Fact, Statement(10)]
    public void NoPluginsAndNoFolder_IsAnError()
    {
        Write("a.conflist", """{"name":"net"}""");
        Assert.Contains("no plugin configs found", Assert.Single(Load().Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact, Statement(10)]
    public void NoPluginsButAFolder_IsFine()
    {
        Write("a.conflist", """{"name":"net"}""");
        Write("net/10.conf", """{"type":"first"}""");
        Assert.Equal("first", Assert.Single(Directory_.Find("net").Plugins).Type);
    }

    [Fact, Statement(10)]
    public void InlinedPluginsAndEmptyFolder_IsFine()
    {
        Write("a.conflist", """{"name":"net","plugins":[{"type":"inlined"}]}""");
        Directory.CreateDirectory(Path.Combine(_directory, "net"));
        Assert.Single(Directory_.Find("net").Plugins);
    }

    [Fact]
    public void NetworkNameThatIsAPath_OpensNoFolderElsewhere()
    {
        Write("conf/a.conflist", """{"name":"../other"}""");
        Write("other/10.conf", """{"type":"stolen"}""");
        Assert.Empty(new NetworkConfigurationDirectory(Path.Combine(_directory, "conf")).Load().Networks);
    }

    [Fact]
    public void DefaultNetwork_IsTheFirstByFileNameAsContainerRuntimesChoose()
    {
        Write("10-a.conf", """{"name":"first","type":"x"}""");
        Write("20-b.conflist", """{"name":"second","plugins":[{"type":"x"}]}""");

        ConfigurationScan scan = Load();

        Assert.Equal("first", scan.Default?.Name);
        Assert.Equal(["second", "first"], scan.Networks.Select(n => n.Name));
    }

    [Fact]
    public void FifoAndDirectoryAndDanglingLinkAndHugeFile_AreSkippedAtOnce()
    {
        string fifo = Path.Combine(_directory, "fifo.conf");
        using (System.Diagnostics.Process mkfifo = System.Diagnostics.Process.Start("mkfifo", fifo))
            mkfifo.WaitForExit();
        Directory.CreateDirectory(Path.Combine(_directory, "directory.conf"));
        File.CreateSymbolicLink(Path.Combine(_directory, "dangling.conf"), "nowhere");
        File.WriteAllBytes(Path.Combine(_directory, "huge.conf"), new byte[2 << 20]);
        Write("good.conf", """{"name":"net","type":"x"}""");

        ConfigurationScan scan = Load();

        Assert.Single(scan.Networks);
        Assert.Equal(
            ["dangling.conf", "fifo.conf", "huge.conf"],
            scan.Skipped.Select(s => Path.GetFileName(s.Path)).Order(StringComparer.Ordinal)
        );
    }

    private NetworkConfigurationDirectory Directory_ => new(_directory);

    private ConfigurationScan Load() => Directory_.Load();

    private void Write(string name, string json)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, json);
    }
}
