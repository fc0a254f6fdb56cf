using System.Runtime.InteropServices;

namespace Fairlead.Libvirt.Interop;

/// <summary>
/// Judges the return values of libvirt calls. libvirt keeps the last error per OS thread, so a value is judged right
/// after its call, on the same thread, with no await in between.
/// </summary>
/// <param name="operation">What is being done to which object; it opens the message of a failure.</param>
internal readonly struct NativeCall(string operation)
{
    public int Check(int result) => result >= 0 ? result : throw Failure();

    public THandle Check<THandle>(THandle handle)
        where THandle : SafeHandle
    {
        if (!handle.IsInvalid)
            return handle;
        LibvirtException failure = Failure();
        handle.Dispose();
        throw failure;
    }

    /// <summary>Copies and frees a string that libvirt allocated for the caller.</summary>
    public unsafe string TakeString(byte* text)
    {
        if (text is null)
            throw Failure();
        try
        {
            return Marshal.PtrToStringUTF8((nint)text)!;
        }
        finally
        {
            NativeMemory.Free(text);
        }
    }

    public unsafe LibvirtException Failure()
    {
        VirError* error = LibVirt.virGetLastError();
        return error is null
            ? new LibvirtException(
                operation,
                LibvirtErrorCode.VIR_ERR_OK,
                LibvirtErrorDomain.VIR_FROM_NONE,
                LibvirtErrorLevel.Error,
                "libvirt reported a failure without an error"
            )
            : new LibvirtException(
                operation,
                (LibvirtErrorCode)error->Code,
                (LibvirtErrorDomain)error->Domain,
                (LibvirtErrorLevel)error->Level,
                Marshal.PtrToStringUTF8((nint)error->Message) ?? "no message"
            );
    }
}
