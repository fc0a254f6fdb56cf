using System.Runtime.InteropServices;
using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

// The overloads of Find differ in a required parameter of another type: no call can be ambiguous.
#pragma warning disable RS0026

public sealed partial class LibvirtConnection
{
    /// <summary>Makes and starts a transient domain, as <c>virsh create</c> does: it vanishes when it stops.</summary>
    /// <param name="xml">A <c>domain</c> document.</param>
    /// <param name="flags">How to start it.</param>
    /// <param name="cancellationToken">Stops the waiting; the domain may still come up.</param>
    /// <returns>The running domain.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_FAILED or VIR_ERR_OPERATION_INVALID if a domain of that name or
    /// UUID exists; VIR_ERR_XML_ERROR, VIR_ERR_XML_DETAIL or VIR_ERR_CONFIG_UNSUPPORTED if the XML is not accepted;
    /// VIR_ERR_INTERNAL_ERROR with the emulator's output if it does not start.</exception>
    public Task<Domain> CreateDomainAsync(
        string xml,
        DomainStartFlags flags = DomainStartFlags.None,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(xml);
        return RunAsync(
            "create domain",
            call => TakeDomain(call, LibVirt.virDomainCreateXML(_handle, xml, (uint)flags)),
            cancellationToken
        );
    }

    /// <summary>Stores a domain's configuration, new or changed; a running domain goes on as it is.</summary>
    /// <param name="xml">A <c>domain</c> document.</param>
    /// <param name="flags">Whether to validate.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The domain.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_FAILED if the name is taken by another UUID or the reverse;
    /// VIR_ERR_XML_ERROR, VIR_ERR_XML_DETAIL or VIR_ERR_CONFIG_UNSUPPORTED if the XML is not accepted.</exception>
    public Task<Domain> DefineDomainAsync(
        string xml,
        DomainDefineFlags flags = DomainDefineFlags.None,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(xml);
        return RunAsync(
            "define domain",
            call => TakeDomain(call, LibVirt.virDomainDefineXMLFlags(_handle, xml, (uint)flags)),
            cancellationToken
        );
    }

    /// <summary>All domains, running or only defined.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The domains in no particular order.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public unsafe Task<IReadOnlyList<Domain>> ListDomainsAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            "list domains",
            call =>
            {
                nint* pointers = null;
                int count = call.Check(LibVirt.virConnectListAllDomains(_handle, &pointers, 0));
                return TakeAll(pointers, count, pointer => TakeDomain(call, new DomainHandle(pointer)));
            },
            cancellationToken
        );

    /// <summary>Finds a domain by name.</summary>
    /// <param name="name">The domain's name.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The domain, or null if there is none.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public Task<Domain?> FindDomainAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return FindAsync(
            $"find domain {name}",
            call => TakeDomain(call, LibVirt.virDomainLookupByName(_handle, name)),
            cancellationToken
        );
    }

    /// <summary>Finds a domain by UUID.</summary>
    /// <param name="uuid">The domain's UUID.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The domain, or null if there is none.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public Task<Domain?> FindDomainAsync(Guid uuid, CancellationToken cancellationToken = default) =>
        FindAsync(
            $"find domain {uuid}",
            call =>
            {
                using DomainHandle handle = LookUpDomain(call, uuid);
                return Domain.FromPointer(this, handle.DangerousGetHandle());
            },
            cancellationToken
        );

    internal DomainHandle LookUpDomain(NativeCall call, Guid uuid) => LookUpDomain(call, _handle, uuid);

    internal static unsafe DomainHandle LookUpDomain(NativeCall call, ConnectionHandle connection, Guid uuid)
    {
        byte* bytes = stackalloc byte[16];
        _ = uuid.TryWriteBytes(new Span<byte>(bytes, 16), bigEndian: true, out _);
        return call.Check(LibVirt.virDomainLookupByUUID(connection, bytes));
    }

    private Domain TakeDomain(NativeCall call, DomainHandle handle)
    {
        using DomainHandle taken = call.Check(handle);
        return Domain.FromPointer(this, taken.DangerousGetHandle());
    }

    private Task<T?> FindAsync<T>(string operation, Func<NativeCall, T> find, CancellationToken cancellationToken)
        where T : class =>
        RunAsync(
            operation,
            call =>
            {
                try
                {
                    return find(call);
                }
                catch (LibvirtException e) when (e.IsAbsent)
                {
                    return null;
                }
            },
            cancellationToken
        );

    /// <summary>Takes over a list that libvirt allocated: every element, then the array itself.</summary>
    private static unsafe IReadOnlyList<T> TakeAll<T>(nint* pointers, int count, Func<nint, T> take)
    {
        try
        {
            var taken = new T[count];
            for (int i = 0; i < count; i++)
                taken[i] = take(pointers[i]);
            return taken;
        }
        finally
        {
            NativeMemory.Free(pointers);
        }
    }
}
