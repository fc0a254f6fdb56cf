using Fairlead.Standalone.Records;

namespace Fairlead.Standalone.Tests;

public sealed class SettingsChoiceTests
{
    private static EnvironmentSettings Present { get; } = EnvironmentRecordFileTests.Record.Settings;

    [Fact]
    public void NothingAskedAndNothingPresent_GivesTheDefaults()
    {
        EnvironmentSettings settings = SettingsChoice.Choose(new UpOptions(), null);

        Assert.Equal("/etc/cni/net.d", settings.CniConfDirectory);
        Assert.Equal(["/opt/cni/bin", "/usr/lib/cni"], settings.CniBinDirectories);
        Assert.Null(settings.Network);
        Assert.NotEmpty(settings.NodeName);
    }

    [Fact]
    public void NothingAsked_KeepsWhatThereIs() =>
        Assert.Empty(SettingsChoice.Differences(Present, SettingsChoice.Choose(new UpOptions(), Present)));

    [Fact]
    public void SomethingElseAsked_IsNamedWithWhatThereIs()
    {
        UpOptions asked = new() { Network = "other", NodeName = "node" };

        IReadOnlyList<string> differences = SettingsChoice.Differences(Present, SettingsChoice.Choose(asked, Present));

        Assert.Equal(["--network (none)"], differences);
    }

    [Fact]
    public void RelativePaths_BecomeAbsolute()
    {
        EnvironmentSettings settings = SettingsChoice.Choose(
            new UpOptions { CniConfDirectory = "net.d", GuestKernel = "vmlinuz" },
            null
        );

        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "net.d"), settings.CniConfDirectory);
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "vmlinuz"), settings.GuestKernel);
    }

    [Fact]
    public void AnotherKernel_DoesNotKeepTheInitrdOfTheFirst()
    {
        EnvironmentSettings first = SettingsChoice.Choose(
            new UpOptions
            {
                GuestKernel = "/k",
                GuestInitrd = "/i",
                GuestCommandLine = "quiet",
            },
            null
        );

        EnvironmentSettings second = SettingsChoice.Choose(new UpOptions { GuestKernel = "/k2" }, first);

        Assert.Null(second.GuestInitrd);
        Assert.Null(second.GuestCommandLine);
    }

    [Fact]
    public void InitrdWithoutKernel_IsRefused() =>
        Assert.Throws<EnvironmentException>(() => SettingsChoice.Choose(new UpOptions { GuestInitrd = "/i" }, null));

    [Theory]
    [InlineData("")]
    [InlineData("Node")]
    [InlineData("a;b=c")]
    [InlineData("-a")]
    [InlineData("a\n")]
    public void NodeNameThatIsNone_IsRefused(string name) =>
        Assert.Throws<EnvironmentException>(() => SettingsChoice.Choose(new UpOptions { NodeName = name }, null));

    [Theory]
    [InlineData("Node_1.Example", "node-1.example")]
    [InlineData("___", "node")]
    [InlineData("böx", "b-x")]
    public void HostName_BecomesANodeName(string hostName, string expected) =>
        Assert.Equal(expected, SettingsChoice.DefaultNodeName(hostName));
}
