using System.Xml.Linq;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Vmi;

/// <summary>
/// Releases what nobody owns any more: attachments of which a trace is left in our records, in the proxy's journal or in
/// a marked libvirt network, and whose VM is gone. Nothing without our mark is touched.
/// </summary>
public sealed partial class OrphanCollector(
    CniProxyConnection proxy,
    LibvirtSession libvirt,
    AttachmentRecordStore records,
    VmInterfaceTeardown teardown,
    ILogger<OrphanCollector> logger
)
{
    /// <param name="isOwned">Whether a VM of that UID exists; asked for each trace, at once before its tear-down.</param>
    /// <param name="cancellationToken">Ends the pass between two attachments.</param>
    /// <returns>How many attachments were released.</returns>
    public async Task<int> CollectAsync(Func<string, bool> isOwned, CancellationToken cancellationToken)
    {
        Dictionary<string, VnicNames> traces = [];
        foreach (AttachmentRecord record in records.List())
            traces[record.Key] = record.Names;
        foreach (VnicNames names in await MarkedNetworksAsync(cancellationToken))
            traces.TryAdd(names.AttachmentKey, names);
        foreach (Attachment attachment in await proxy.ListAsync(cancellationToken))
        {
            if (NamesOf(attachment) is { } names)
                traces.TryAdd(names.AttachmentKey, names);
        }

        int released = 0;
        foreach (VnicNames names in traces.Values.Where(n => !isOwned(n.VmUid)))
        {
            try
            {
                await teardown.TearDownAsync(names, cancellationToken);
                released++;
                LogCollected(logger, names.AttachmentKey);
            }
            catch (VnicTeardownException e)
            {
                LogNotCollected(logger, names.AttachmentKey, e);
            }
        }

        return released;
    }

    private async Task<List<VnicNames>> MarkedNetworksAsync(CancellationToken cancellationToken)
    {
        List<VnicNames> marked = [];
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        foreach (Libvirt.Network network in await connection.ListNetworksAsync(cancellationToken))
        {
            try
            {
                XElement xml = XElement.Parse(await network.GetXmlAsync(cancellationToken: cancellationToken));
                if (DhcpNetwork.MarkOf(xml) is { } mark && Value(mark, "uid") is { Length: > 0 } uid)
                {
                    VirtualMachineKey vm = new(Value(mark, "namespace"), Value(mark, "name"));
                    marked.Add(new VnicNames(uid, vm, Value(mark, "vnic")));
                }
            }
            catch (LibvirtException e) when (e.IsAbsent) { } // went meanwhile
        }

        return marked;

        static string Value(XElement mark, string attribute) => mark.Attribute(attribute)?.Value ?? "";
    }

    // The journal knows the key only; the VM's name matters for the libvirt network alone, which has its own mark.
    private static VnicNames? NamesOf(Attachment attachment) =>
        attachment.Key.Split('/') is [var uid, var vnic]
            ? new VnicNames(uid, new VirtualMachineKey("unknown", uid), vnic)
            : null;

    [LoggerMessage(EventId = 130, Level = LogLevel.Warning, Message = "released {Key}, whose virtual machine is gone")]
    private static partial void LogCollected(ILogger logger, string key);

    [LoggerMessage(
        EventId = 131,
        Level = LogLevel.Error,
        Message = "{Key}, whose virtual machine is gone, is not released"
    )]
    private static partial void LogNotCollected(ILogger logger, string key, Exception exception);
}
