using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Libvirt;

/// <summary>A node with a libvirtd in it. Its socket is in the node's directory, so it is reached from outside too.</summary>
internal sealed class LibvirtNode : IAsyncDisposable
{
    // The first connection after a start has to wait for the QEMU driver, which runs the emulator to see what it can.
    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(60);

    private LibvirtNode(TestNode node) => Node = node;

    public TestNode Node { get; }

    public string Uri => $"qemu+unix:///system?socket={Node.Directory}/libvirt-sock";

    private string LogPath => $"{Node.Directory}/libvirtd.log";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<LibvirtNode> StartAsync()
    {
        Privileged.Require("libvirtd", "qemu-system-x86_64", "dnsmasq");
        var node = new LibvirtNode(await TestNode.StartAsync());
        try
        {
            string configuration = node.Node.HostPath("/etc/libvirt");
            Directory.CreateDirectory(configuration);
            await File.WriteAllTextAsync(
                $"{configuration}/libvirtd.conf",
                $"""
                auth_unix_rw = "none"
                unix_sock_dir = "{node.Node.Directory}"
                log_outputs = "3:file:{node.LogPath}"
                """,
                Cancellation
            );
            // No cgroups, device namespaces, virtlogd or security labels: none of them is there.
            await File.WriteAllTextAsync(
                $"{configuration}/qemu.conf",
                """
                user = "root"
                group = "root"
                security_driver = "none"
                cgroup_controllers = []
                namespaces = []
                stdio_handler = "file"
                remember_owner = 0
                """,
                Cancellation
            );
            await node.AddUserAsync();
            await node.StartDaemonAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the daemon, again if it was killed, and waits until it answers.</summary>
    public async Task StartDaemonAsync()
    {
        File.Delete($"{Node.Directory}/libvirt-sock");
        // In the background its parent is the node's init. nsenter as a parent would stop when the daemon is stopped.
        CommandResult started = await Node.ExecAsync("libvirtd", "--daemon", "--config", "/etc/libvirt/libvirtd.conf");
        if (started.ExitCode != 0)
            Assert.Fail($"{started}\n{await File.ReadAllTextAsync(LogPath, Cancellation)}");
        await Eventually.SucceedsAsync(
            async () =>
            {
                await using LibvirtConnection connection = await OpenAsync();
                _ = await connection.ListNetworksAsync(Cancellation);
            },
            s_startTime,
            "libvirtd answers"
        );
    }

    public Task<LibvirtConnection> OpenAsync(LibvirtConnectionOptions? options = null) =>
        LibvirtConnection.OpenAsync(Uri, options, Cancellation);

    /// <summary>Sends a signal to the daemon, and to nothing else.</summary>
    public async Task SignalDaemonAsync(string signal)
    {
        string pid = await File.ReadAllTextAsync(Node.HostPath("/run/libvirtd.pid"), Cancellation);
        _ = await Node.RunAsync("kill", $"-{signal}", pid.Trim());
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    /// <summary>
    /// libvirt's QEMU driver does not start without the user that its package (libvirt-daemon-system) makes, even where
    /// qemu.conf names another.
    /// </summary>
    private async Task AddUserAsync()
    {
        if ((await Node.ExecAsync("getent", "passwd", "libvirt-qemu")).ExitCode == 0)
            return;
        await File.AppendAllTextAsync(
            Node.HostPath("/etc/passwd"),
            "libvirt-qemu:x:64055:64055::/:/usr/sbin/nologin\n",
            Cancellation
        );
        await File.AppendAllTextAsync(Node.HostPath("/etc/group"), "libvirt-qemu:x:64055:\n", Cancellation);
    }
}
