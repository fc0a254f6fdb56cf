using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fairlead.CniProxy.TestClient;

/// <summary>Leaves a namespace, as a peer may do at any time.</summary>
internal static partial class Unshare
{
    private const int CLONE_NEWNET = 0x40000000;

    /// <summary>
    /// The main thread, which is what a process is known by, goes into a network namespace of its own. To be called on it.
    /// </summary>
    public static void Network()
    {
        if (Call(CLONE_NEWNET) != 0)
            throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Call(int flags);
}
