using System.Runtime.InteropServices;

namespace Fairlead.Cni.Tests.Fakes;

internal static partial class Native
{
    [LibraryImport("libc", EntryPoint = "dup")]
    public static partial int Duplicate(int fd);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);
}
