using Fairlead.Vmi.Diagnosis;

namespace Fairlead.Vmi.Tests;

/// <summary>What libvirt leaves of a network that is gone.</summary>
public sealed class LibvirtNetworkFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-networks-").FullName;

    [Fact]
    public void Leftovers_AreRemoved_AndOtherNetworksStay()
    {
        Leave("default_web_net");
        Leave("default_web_net2");

        LibvirtNetworkFiles.Remove(_directory, _directory, "default_web_net");
        LibvirtNetworkFiles.Remove(_directory, _directory, "default_web_net");

        Assert.Equal(
            ["default_web_net2", "default_web_net2.pid"],
            Directory.EnumerateFileSystemEntries(_directory).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    // Left by a soak that took a bridge away under its DHCP server.
    [Fact]
    public void LeasesUnderThePodsOwnInterface_AreRemoved_ThoseOfOtherNetworksStay()
    {
        File.WriteAllText(Path.Combine(_directory, "eth0.status"), "[]");
        File.WriteAllText(Path.Combine(_directory, "virbr0.status"), "[]");

        LibvirtNetworkFiles.Remove(_directory, _directory, "default_web_net");

        Assert.Equal(["virbr0.status"], Directory.EnumerateFiles(_directory).Select(Path.GetFileName));
    }

    [Fact]
    public void PortThatIsStillThere_Stays()
    {
        Leave("default_web_net");
        string port = Path.Combine(_directory, "default_web_net/ports/one.xml");
        File.WriteAllText(port, "");

        LibvirtNetworkFiles.Remove(_directory, _directory, "default_web_net");

        Assert.True(File.Exists(port));
    }

    [Fact]
    public void NoDirectory_IsNothingToDo() =>
        LibvirtNetworkFiles.Remove(Path.Combine(_directory, "absent"), _directory, "default_web_net");

    [Fact]
    public void ServerThatRunsAndKnowsTheVnic_IsSeen()
    {
        WriteServer("0A:58:0a:58:00:04,10.88.0.4,web\n");

        DhcpView seen = ReadServer();

        Assert.Equal((true, 77, true), (seen.FilesAreVisible, seen.ProcessId, seen.HasHost));
    }

    [Theory]
    [InlineData("0a:58:0a:58:00:04,10.88.0.44,web\n")]
    [InlineData("")]
    public void HostWithAnotherAddressOrNone_IsNotSeen(string hosts)
    {
        WriteServer(hosts);

        Assert.False(ReadServer().HasHost);
    }

    [Fact]
    public void NoFiles_AreNotVisible()
    {
        DhcpView seen = LibvirtNetworkFiles.Read("/absent", "/absent", "/absent", "default_web_net", null);

        Assert.Equal((false, null, false), (seen.FilesAreVisible, seen.ProcessId, seen.HasHost));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Leave(string network)
    {
        Directory.CreateDirectory(Path.Combine(_directory, network, "ports"));
        File.WriteAllText(Path.Combine(_directory, $"{network}.pid"), "1\n");
    }

    private void WriteServer(string hosts)
    {
        File.WriteAllText(Path.Combine(_directory, "default_web_net.pid"), "77\n");
        File.WriteAllText(Path.Combine(_directory, "default_web_net.hostsfile"), hosts);
        Directory.CreateDirectory(Path.Combine(_directory, "77"));
        File.WriteAllText(
            Path.Combine(_directory, "77", "cmdline"),
            "dnsmasq\0--conf-file=/var/lib/libvirt/dnsmasq/default_web_net.conf\0"
        );
    }

    private DhcpView ReadServer() =>
        LibvirtNetworkFiles.Read(
            _directory,
            _directory,
            _directory,
            "default_web_net",
            Sample.Endpoint("10.88.0.4/16")
        );
}
