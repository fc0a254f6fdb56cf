using System.Globalization;
using System.Text;
using Fairlead.Cni.Json;

namespace Fairlead.Cni.Results;

/// <summary>Writes a result of version 1.1.0 from its parts; what is null or empty is left out.</summary>
internal static class ResultWriter
{
    public static byte[] Write(
        IReadOnlyList<CniInterface> interfaces,
        IReadOnlyList<CniIp> ips,
        IReadOnlyList<CniRoute> routes,
        CniDns dns
    )
    {
        JsonMembers result = new();
        result.Set("cniVersion", CniVersion.Latest.ToString());
        PutArray(result, "interfaces", interfaces, Interface);
        PutArray(result, "ips", ips, Ip);
        PutArray(result, "routes", routes, Route);
        JsonMembers resolution = Dns(dns);
        if (!resolution.IsEmpty)
            result.Set("dns", resolution.ToBytes());
        return result.ToBytes();
    }

    private static byte[] Interface(CniInterface value)
    {
        JsonMembers members = new();
        members.Set("name", value.Name);
        PutText(members, "mac", value.Mac);
        PutNumber(members, "mtu", value.Mtu);
        PutText(members, "sandbox", value.Sandbox);
        PutText(members, "socketPath", value.SocketPath);
        PutText(members, "pciID", value.PciId);
        return members.ToBytes();
    }

    private static byte[] Ip(CniIp value)
    {
        JsonMembers members = new();
        PutNumber(members, "interface", value.InterfaceIndex);
        members.Set("address", value.Address.ToString());
        PutText(members, "gateway", value.Gateway?.ToString());
        return members.ToBytes();
    }

    private static byte[] Route(CniRoute value)
    {
        JsonMembers members = new();
        members.Set("dst", value.Destination.ToString());
        PutText(members, "gw", value.Gateway?.ToString());
        PutNumber(members, "mtu", value.Mtu);
        PutNumber(members, "advmss", value.AdvertisedMss);
        PutNumber(members, "priority", value.Priority);
        PutNumber(members, "table", value.Table);
        PutNumber(members, "scope", value.Scope);
        return members.ToBytes();
    }

    private static JsonMembers Dns(CniDns value)
    {
        JsonMembers members = new();
        PutArray(members, "nameservers", value.Nameservers, JsonMembers.Quote);
        PutText(members, "domain", value.Domain);
        PutArray(members, "search", value.Search, JsonMembers.Quote);
        PutArray(members, "options", value.Options, JsonMembers.Quote);
        return members;
    }

    private static void PutArray<T>(JsonMembers into, string name, IReadOnlyList<T> values, Func<T, byte[]> write)
    {
        if (values.Count > 0)
            into.Set(name, JsonMembers.Array(values.Select(value => (ReadOnlyMemory<byte>)write(value))));
    }

    private static void PutText(JsonMembers into, string name, string? value)
    {
        if (value is not null)
            into.Set(name, value);
    }

    private static void PutNumber(JsonMembers into, string name, int? value)
    {
        if (value is { } number)
            into.Set(name, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
    }
}
