namespace Fairlead.Vmi.Tests;

/// <summary>Whose process a network's pid file names.</summary>
public sealed class DhcpServerTests : IDisposable
{
    private const string Network = "default_web_net";

    private readonly string _directory = Directory.CreateTempSubdirectory("fl-dhcp-").FullName;

    [Fact]
    public void Running_IsFound()
    {
        WritePid("42\n");
        WriteCommand(42, $"/usr/sbin/dnsmasq\0--conf-file=/var/lib/libvirt/dnsmasq/{Network}.conf\0--leasefile-ro\0");

        Assert.Equal(42, Find());
    }

    [Theory]
    [InlineData("/usr/sbin/dnsmasq\0--conf-file=/var/lib/libvirt/dnsmasq/default_web_net2.conf\0")]
    [InlineData("")]
    public void NumberIsSomebodyElsesByNow_IsNotFound(string command)
    {
        WritePid("42");
        WriteCommand(42, command);

        Assert.Null(Find());
    }

    [Fact]
    public void ProcessOrPidFileGone_IsNotFound()
    {
        Assert.Null(Find());
        WritePid("42");
        Assert.Null(Find());
        WritePid("");
        Assert.Null(Find());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private int? Find() => DhcpServer.FindProcess(_directory, _directory, Network);

    private void WritePid(string text) => File.WriteAllText(Path.Combine(_directory, $"{Network}.pid"), text);

    private void WriteCommand(int id, string command)
    {
        Directory.CreateDirectory(Path.Combine(_directory, $"{id}"));
        File.WriteAllText(Path.Combine(_directory, $"{id}/cmdline"), command);
    }
}
