using System.Runtime.InteropServices;

namespace Fairlead.Cni.RecordingPlugin;

internal static partial class Native
{
    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);
}
