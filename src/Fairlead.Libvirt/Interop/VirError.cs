using System.Runtime.InteropServices;

namespace Fairlead.Libvirt.Interop;

/// <summary>libvirt's <c>struct _virError</c> (virterror.h). Owned by libvirt, valid until the thread's next libvirt call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VirError
{
    public int Code;
    public int Domain;
    public byte* Message;
    public int Level;
    public nint Connection;
    public nint DomainObject;
    public byte* Text1;
    public byte* Text2;
    public byte* Text3;
    public int Number1;
    public int Number2;
    public nint NetworkObject;
}
