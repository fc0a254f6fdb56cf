namespace Fairlead.Libvirt;

/// <summary>How grave libvirt calls an error (<c>virErrorLevel</c>).</summary>
public enum LibvirtErrorLevel
{
    /// <summary>No level was given.</summary>
    None = 0,

    /// <summary>The call went on in spite of it.</summary>
    Warning = 1,

    /// <summary>The call failed.</summary>
    Error = 2,
}

/// <summary>An error that libvirt reported, with libvirt's own code. Decide by <see cref="Code"/>, never by the text.</summary>
public sealed class LibvirtException : Exception
{
    /// <summary>Makes an exception from the parts of a <c>virError</c>.</summary>
    /// <param name="operation">What was being done to which object, such as <c>start domain web</c>.</param>
    /// <param name="code">libvirt's error number.</param>
    /// <param name="domain">The part of libvirt that reported it.</param>
    /// <param name="level">libvirt's error level.</param>
    /// <param name="libvirtMessage">libvirt's text, for people.</param>
    public LibvirtException(
        string operation,
        LibvirtErrorCode code,
        LibvirtErrorDomain domain,
        LibvirtErrorLevel level,
        string libvirtMessage
    )
        : base($"{operation}: {libvirtMessage} ({code}, {domain})")
    {
        Operation = operation;
        Code = code;
        Domain = domain;
        Level = level;
        LibvirtMessage = libvirtMessage;
    }

    /// <summary>What was being done to which object, such as <c>start domain web</c>.</summary>
    public string Operation { get; }

    /// <summary>libvirt's error number.</summary>
    public LibvirtErrorCode Code { get; }

    /// <summary>The part of libvirt that reported the error.</summary>
    public LibvirtErrorDomain Domain { get; }

    /// <summary>libvirt's error level.</summary>
    public LibvirtErrorLevel Level { get; }

    /// <summary>libvirt's own text, without the operation and the code that <see cref="Exception.Message"/> adds.</summary>
    public string LibvirtMessage { get; }

    /// <summary>
    /// Whether the object is not there: no such domain, network, device or metadata. Teardown treats that as success.
    /// </summary>
    public bool IsAbsent =>
        Code
            is LibvirtErrorCode.VIR_ERR_NO_DOMAIN
                or LibvirtErrorCode.VIR_ERR_NO_NETWORK
                or LibvirtErrorCode.VIR_ERR_NO_DOMAIN_METADATA
                or LibvirtErrorCode.VIR_ERR_DEVICE_MISSING;

    /// <summary>
    /// Whether the connection is unusable: open another. libvirt has no code for it; it reports a general one from its
    /// RPC layer (src/rpc/virnetclient.c: "client socket is closed", "End of file while reading data").
    /// </summary>
    public bool IsConnectionLost =>
        Domain == LibvirtErrorDomain.VIR_FROM_RPC
        && Code
            is LibvirtErrorCode.VIR_ERR_INTERNAL_ERROR
                or LibvirtErrorCode.VIR_ERR_SYSTEM_ERROR
                or LibvirtErrorCode.VIR_ERR_RPC;

    /// <summary>Whether the same request may succeed later, on a new connection if <see cref="IsConnectionLost"/>.</summary>
    public bool IsTransient =>
        IsConnectionLost
        || Code
            is LibvirtErrorCode.VIR_ERR_NO_CONNECT
                or LibvirtErrorCode.VIR_ERR_NO_MEMORY
                or LibvirtErrorCode.VIR_ERR_OPERATION_TIMEOUT
                or LibvirtErrorCode.VIR_ERR_OPERATION_ABORTED
                or LibvirtErrorCode.VIR_ERR_RESOURCE_BUSY
                or LibvirtErrorCode.VIR_ERR_AGENT_UNRESPONSIVE;
}
