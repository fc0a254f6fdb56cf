using System.Runtime.InteropServices;

namespace Fairlead.Netlink;

/// <summary>The kernel refused a request, or a system call around it failed. Decide by <see cref="Errno"/>.</summary>
public sealed class NetlinkException : Exception
{
    /// <summary>Makes the exception; its message is made of all three parts.</summary>
    /// <param name="operation">What was tried, with its object: <c>delete address 10.1.2.3/24 on link 7</c>.</param>
    /// <param name="errno">The kernel's error code.</param>
    /// <param name="kernelMessage">The kernel's own explanation (extended ACK), null if it gave none.</param>
    public NetlinkException(string operation, Errno errno, string? kernelMessage = null)
        : base(Describe(operation, errno, kernelMessage))
    {
        Operation = operation;
        Errno = errno;
        KernelMessage = kernelMessage;
    }

    /// <summary>The kernel's error code. May have a value without a name in the enum.</summary>
    public Errno Errno { get; }

    /// <summary>The text that the kernel sent along (NLMSGERR_ATTR_MSG), null if none. For people, not for decisions.</summary>
    public string? KernelMessage { get; }

    /// <summary>What was tried, with its object.</summary>
    public string Operation { get; }

    /// <summary>Whether the same request may succeed later with nothing else changed.</summary>
    public bool IsTransient =>
        Errno is Errno.EINTR or Errno.EAGAIN or Errno.EBUSY or Errno.ENOMEM or Errno.ENOBUFS or Errno.ETIMEDOUT;

    private static string Describe(string operation, Errno errno, string? kernelMessage)
    {
        string text = $"{operation}: {errno} ({Marshal.GetPInvokeErrorMessage((int)errno)})";
        return kernelMessage is null ? text : $"{text}: {kernelMessage}";
    }
}
