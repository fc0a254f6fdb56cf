using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fairlead.Libvirt.Interop;

/// <summary>
/// libvirt's event loop on one thread of our own, for the life of the process. It reads every connection's socket, sends
/// keepalives, and calls the callbacks of <see cref="EventCallbacks"/>, which therefore must neither block nor call libvirt
/// with anything that waits for the daemon.
/// </summary>
internal static unsafe class EventLoop
{
    private const int HeartbeatMilliseconds = 1000;

    public static void Start(NativeCall call)
    {
        _ = call.Check(LibVirt.virEventRegisterDefaultImpl());
        // The loop sleeps in poll(2) until a descriptor or timer of libvirt's fires. The heartbeat bounds that sleep, so
        // that a wake-up which libvirt lost delays an event by a second and not for ever.
        _ = call.Check(LibVirt.virEventAddTimeout(HeartbeatMilliseconds, &Heartbeat, null, null));
        new Thread(Run) { Name = "libvirt events", IsBackground = true }.Start();
    }

    private static void Run()
    {
        while (true)
        {
            // -1 is an error of poll(2) itself, such as ENOMEM: without the pause it would be a busy loop.
            if (LibVirt.virEventRunDefaultImpl() < 0)
                Thread.Sleep(HeartbeatMilliseconds);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Heartbeat(int timer, void* opaque) { }
}
