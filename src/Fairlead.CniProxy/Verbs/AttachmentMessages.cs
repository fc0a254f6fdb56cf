using Fairlead.Cni;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.V1;
using Google.Protobuf.WellKnownTypes;

namespace Fairlead.CniProxy.Verbs;

/// <summary>Journal records as clients see them.</summary>
internal static class AttachmentMessages
{
    public static Attachment Of(JournalRecord record) =>
        new()
        {
            Key = record.Key,
            Network = record.Network,
            InterfaceName = record.InterfaceName,
            ContainerId = record.ContainerId,
            Sandbox = record.SandboxId,
            Message = record.Message ?? "",
            FailedReleases = (uint)record.FailedReleases,
            NextTry = record.NextTryAt is { } next ? Timestamp.FromDateTimeOffset(next) : null,
            State = record.State switch
            {
                JournalState.Adding => AttachmentState.Adding,
                JournalState.Attached => AttachmentState.Attached,
                _ => AttachmentState.Releasing,
            },
            Result = record.Result is null ? null : ResultOf(CniResult.Parse(record.Result), record.InterfaceName),
        };

    public static ReapedAttachment Of(Reaped reaped) =>
        new()
        {
            Key = reaped.Record.Key,
            Sandbox = reaped.Record.SandboxId,
            Network = reaped.Record.Network,
            InterfaceName = reaped.Record.InterfaceName,
            Why = reaped.Why,
            Released = reaped.Failure is null,
            Message = reaped.Failure ?? "",
        };

    private static AttachmentResult ResultOf(CniResult result, string interfaceName)
    {
        // The result lists the host's links too; the pod's end is the one with a sandbox.
        int index = IndexOf(result, i => i.Name == interfaceName && i.Sandbox is { Length: > 0 });
        CniInterface? own = index < 0 ? null : result.Interfaces[index];
        AttachmentResult message = new()
        {
            Mac = own?.Mac ?? "",
            Mtu = (uint)(own?.Mtu ?? 0),
            Dns = new Dns { Domain = result.Dns.Domain ?? "" },
        };
        message.Dns.Nameservers.Add(result.Dns.Nameservers);
        message.Dns.Search.Add(result.Dns.Search);
        message.Dns.Options.Add(result.Dns.Options);
        foreach (
            CniIp ip in result.Ips.Where(ip => ip.InterfaceIndex is null || index < 0 || ip.InterfaceIndex == index)
        )
            message.Addresses.Add(
                new EndpointAddress { Cidr = ip.Address.ToString(), Gateway = ip.Gateway?.ToString() ?? "" }
            );
        foreach (CniRoute route in result.Routes)
            message.Routes.Add(
                new Route { Destination = route.Destination.ToString(), Gateway = route.Gateway?.ToString() ?? "" }
            );
        return message;
    }

    private static int IndexOf(CniResult result, Func<CniInterface, bool> matches)
    {
        for (int i = 0; i < result.Interfaces.Count; i++)
        {
            if (matches(result.Interfaces[i]))
                return i;
        }

        return -1;
    }
}
