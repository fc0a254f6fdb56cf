using Fairlead.Libvirt;
using Fairlead.Standalone.Processes;
using Fairlead.Storage;

namespace Fairlead.Standalone.Parts;

/// <summary>The pod's libvirtd. Its virtual machines do not need it to run: it may die and be started again under them.</summary>
internal sealed class LibvirtdPart(EnvironmentContext context) : DaemonPart(context, "libvirtd")
{
    // Its default, /run/libvirtd.pid, would be the host's.
    private static readonly string[] Arguments =
    [
        "--config",
        "/etc/libvirt/libvirtd.conf",
        "--pid-file",
        "/run/libvirt/libvirtd.pid",
    ];

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        string etc = Path.Combine(Context.Paths.LibvirtState, "etc");
        await DurableFile.WriteAsync(Path.Combine(etc, "libvirtd.conf"), LibvirtConfiguration.Daemon);
        await DurableFile.WriteAsync(Path.Combine(etc, "qemu.conf"), LibvirtConfiguration.Qemu);
    }

    protected override IReadOnlyList<string> Command() =>
        [Programs.Find("libvirtd") ?? "/usr/sbin/libvirtd", .. Arguments];

    // The first connection after the start takes libvirt several seconds: it looks at every emulator.
    protected override async Task<Readiness> ProbeAsync(ProcessIdentity process, CancellationToken cancellationToken)
    {
        string socket = Context.Paths.LibvirtSocket;
        if (!File.Exists(socket))
            return Readiness.NotYet($"no socket {socket}");
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(15));
        try
        {
            string uri = $"qemu+unix:///system?socket={Uri.EscapeDataString(socket)}";
            await using LibvirtConnection connection = await LibvirtConnection.OpenAsync(
                uri,
                options: null,
                deadline.Token
            );
            return await FindsItsEmulatorAsync(connection, deadline.Token);
        }
        catch (LibvirtException e)
        {
            return Readiness.NotYet(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Readiness.NotYet("it does not answer");
        }
    }

    // libvirtd looks for its emulators at its start and never again. On a loaded machine a look has failed: "Cannot find
    // suitable emulator for x86_64" was then all that this daemon had to say.
    private static async Task<Readiness> FindsItsEmulatorAsync(
        LibvirtConnection connection,
        CancellationToken cancellationToken
    )
    {
        try
        {
            _ = await connection.GetVersionAsync(cancellationToken);
            return Readiness.Ready;
        }
        catch (LibvirtException e) when (!e.IsConnectionLost)
        {
            return new Readiness(e.Message, NeedsRestart: true);
        }
    }
}
