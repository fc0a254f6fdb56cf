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

        LibvirtNetworkFiles.Remove(_directory, "default_web_net");
        LibvirtNetworkFiles.Remove(_directory, "default_web_net");

        Assert.Equal(
            ["default_web_net2", "default_web_net2.pid"],
            Directory.EnumerateFileSystemEntries(_directory).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void PortThatIsStillThere_Stays()
    {
        Leave("default_web_net");
        string port = Path.Combine(_directory, "default_web_net/ports/one.xml");
        File.WriteAllText(port, "");

        LibvirtNetworkFiles.Remove(_directory, "default_web_net");

        Assert.True(File.Exists(port));
    }

    [Fact]
    public void NoDirectory_IsNothingToDo() =>
        LibvirtNetworkFiles.Remove(Path.Combine(_directory, "absent"), "default_web_net");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Leave(string network)
    {
        Directory.CreateDirectory(Path.Combine(_directory, network, "ports"));
        File.WriteAllText(Path.Combine(_directory, $"{network}.pid"), "1\n");
    }
}
