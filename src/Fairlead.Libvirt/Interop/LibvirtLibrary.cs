using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fairlead.Libvirt.Interop;

/// <summary>
/// Loads libvirt and prepares it once per process: its error printer is silenced, and the event loop runs before the
/// first connection is opened (later, libvirt would neither deliver events nor send keepalives on it).
/// </summary>
internal static unsafe class LibvirtLibrary
{
    private static readonly Lock s_gate = new();
    private static bool s_ready;

    public static void EnsureReady()
    {
        lock (s_gate)
        {
            if (s_ready)
                return;
            Load(LibVirt.Library);
            var call = new NativeCall("initialize libvirt");
            _ = call.Check(LibVirt.virInitialize());
            // Without a handler of ours libvirt prints every error to stderr.
            LibVirt.virSetErrorFunc(null, &IgnoreError);
            EventLoop.Start(call);
            s_ready = true;
        }
    }

    internal static void Load(string library)
    {
        if (!NativeLibrary.TryLoad(library, out _))
            throw new DllNotFoundException(
                $"{library} not found or not loadable: install libvirt0 (libvirt's client library)"
            );
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void IgnoreError(void* userData, VirError* error) { }
}
