using System.Net.Sockets;
using Fairlead.Agent.Reconciling;
using Fairlead.Agent.V1;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Fairlead.Vmi;
using Grpc.Core;

namespace Fairlead.Agent.Api;

/// <summary>vNICs for libvirt domains of other people; see agent.proto for what each call means.</summary>
internal sealed class DomainsService(DomainVnics vnics, DomainVnicStore store, LibvirtSession libvirt)
    : Domains.DomainsBase
{
    public override async Task<AttachResponse> Attach(AttachRequest request, ServerCallContext context)
    {
        if (request.Mac.Length > 0 && !MacAddress.TryParse(request.Mac, out _))
            throw Refused($"\"{request.Mac}\" is not a MAC address (six octets)");
        DomainVnicRequest wanted = new(
            NullIfEmpty(request.Name),
            NullIfEmpty(request.Network),
            NullIfEmpty(request.Mac),
            AddressOf(request.Ip)
        );
        AttachmentRecord attachment = await ToCallerAsync(() =>
            vnics.AttachAsync(request.Domain, wanted, context.CancellationToken)
        );
        AttachResponse response = new()
        {
            Name = attachment.Vnic,
            Network = attachment.Network ?? "",
            Mac = attachment.Endpoint!.Mac.ToString(),
        };
        response.Addresses.AddRange(attachment.Endpoint.Addresses.Select(a => a.ToString()));
        return response;
    }

    public override async Task<DetachResponse> Detach(DetachRequest request, ServerCallContext context) =>
        new()
        {
            Pending = !await ToCallerAsync(() =>
                vnics.DetachAsync(request.Domain, request.Name, context.CancellationToken)
            ),
        };

    public override async Task<ListDomainsResponse> ListDomains(ListDomainsRequest request, ServerCallContext context)
    {
        ListDomainsResponse response = new();
        IReadOnlyList<Domain> domains = await ToCallerAsync(async () =>
        {
            LibvirtConnection connection = await libvirt.GetAsync(context.CancellationToken);
            return await connection.ListDomainsAsync(context.CancellationToken);
        });
        // Ours have two parts to their names; they are edited by their manifests.
        foreach (Domain domain in domains.Where(d => VnicNames.VmOfDomain(d.Name) is null))
        {
            ListedDomain listed = new() { Name = domain.Name, Uuid = domain.Uuid.ToString() };
            listed.Vnics.AddRange(store.OfDomain(domain.Uuid).Select(r => r.Vnic));
            response.Domains.Add(listed);
        }

        return response;
    }

    private static async Task<T> ToCallerAsync<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception e) when (e is ReconcileException or LibvirtException or VnicTeardownException)
        {
            throw Refused(e.Message);
        }
    }

    /// <summary>With a prefix length; a plugin that has ranges of its own takes it from them.</summary>
    private static string? AddressOf(string text)
    {
        if (text.Length == 0)
            return null;
        string withPrefix = text.Contains('/', StringComparison.Ordinal) ? text : $"{text}/32";
        return
            InterfaceAddress.TryParse(withPrefix, out InterfaceAddress address)
            && address.Address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString()
            : throw Refused($"\"{text}\" is not an IPv4 address");
    }

    private static RpcException Refused(string message) => new(new Status(StatusCode.FailedPrecondition, message));

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
