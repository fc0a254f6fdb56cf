using System.Globalization;
using System.Net.NetworkInformation;
using System.Text;
using System.Text.Json;
using Fairlead.Cni;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Verbs;

/// <summary>
/// What a client may wish for an endpoint, read and checked: nothing of it reaches a plugin in the client's own words. Two
/// requests wish the same if the texts of these are equal.
/// </summary>
internal sealed record EndpointOptions(
    MacAddress? Mac,
    IReadOnlyList<InterfaceAddress> Ips,
    EndpointBandwidth? Bandwidth
)
{
    private const int MostIps = 8;

    /// <summary>Names of the options, which are those of CNI's capabilities.</summary>
    public static IReadOnlyList<string> Known { get; } = ["mac", "ips", "bandwidth"];

    /// <summary>Those of them that are wished for.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            if (Mac is not null)
                yield return "mac";
            if (Ips.Count > 0)
                yield return "ips";
            if (Bandwidth is not null)
                yield return "bandwidth";
        }
    }

    /// <exception cref="Grpc.Core.RpcException">A field is malformed.</exception>
    public static EndpointOptions Read(V1.VnicOptions? options) =>
        new(ReadMac(options?.Mac ?? ""), ReadIps(options?.Ips ?? []), EndpointBandwidth.Read(options?.Bandwidth));

    /// <summary>As they are in a journal record, which were checked before they came there.</summary>
    public static EndpointOptions Of(Journal.JournalRecord record) =>
        new(
            record.Mac is null ? null : MacAddress.Parse(record.Mac),
            [.. (record.Ips ?? []).Select(InterfaceAddress.Parse)],
            record.Bandwidth
        );

    /// <summary>The attachment with these options, as plugins take them: capability arguments, and MAC for both ways.</summary>
    public CniAttachment ApplyTo(CniAttachment attachment)
    {
        Dictionary<string, JsonElement> capabilities = new(attachment.CapabilityArgs, StringComparer.Ordinal);
        if (Ips.Count > 0)
            capabilities["ips"] = JsonElement.Parse($"[{string.Join(',', Ips.Select(ip => $"\"{ip}\""))}]");
        if (Bandwidth is not null)
            capabilities["bandwidth"] = JsonElement.Parse(Encoding.UTF8.GetBytes(Bandwidth.ToJson()));
        attachment = attachment with { CapabilityArgs = capabilities };
        return Mac is { } mac ? attachment.WithMacAddress(PhysicalAddress.Parse(mac.ToString())) : attachment;
    }

    public override string ToString()
    {
        string[] parts =
        [
            .. Mac is null ? (string[])[] : [$"mac {Mac}"],
            .. Ips.Select(ip => $"ip {ip}"),
            .. Bandwidth is null ? (string[])[] : [$"bandwidth {Bandwidth.ToJson()}"],
        ];
        return parts.Length == 0 ? "no options" : string.Join(", ", parts);
    }

    private static MacAddress? ReadMac(string text)
    {
        if (text.Length == 0)
            return null;
        return MacAddress.TryParse(text, out MacAddress mac) && !mac.IsMulticast
            ? mac
            : throw ProxyError.Invalid($"mac \"{text}\" is not a unicast MAC address");
    }

    private static List<InterfaceAddress> ReadIps(IReadOnlyCollection<string> texts)
    {
        if (texts.Count > MostIps)
            throw ProxyError.Invalid($"{texts.Count} ips: an endpoint may ask for {MostIps}");
        List<InterfaceAddress> ips = [];
        foreach (string text in texts)
        {
            if (!InterfaceAddress.TryParse(text, out InterfaceAddress ip) || ips.Contains(ip))
                throw ProxyError.Invalid(
                    $"ips: \"{text}\" is not an address with its prefix length, or is there twice"
                );
            ips.Add(ip);
        }

        return ips;
    }
}

/// <summary>Limits of an endpoint's traffic: bits per second, and bits.</summary>
internal sealed record EndpointBandwidth(ulong IngressRate, ulong IngressBurst, ulong EgressRate, ulong EgressBurst)
{
    // The plugin reads its numbers as 64 bits with a sign, and a burst as 32 bits of bytes.
    private const ulong LargestRate = long.MaxValue;
    private const ulong LargestBurst = uint.MaxValue;

    public static EndpointBandwidth? Read(V1.Bandwidth? limits)
    {
        if (limits is null)
            return null;
        Check("ingress", limits.IngressRate, limits.IngressBurst);
        Check("egress", limits.EgressRate, limits.EgressBurst);
        return limits is { IngressRate: 0, EgressRate: 0 }
            ? null
            : new EndpointBandwidth(limits.IngressRate, limits.IngressBurst, limits.EgressRate, limits.EgressBurst);
    }

    /// <summary>As the capability wants it; a direction without a limit is left out.</summary>
    public string ToJson()
    {
        string[] fields =
        [
            .. Fields("ingress", IngressRate, IngressBurst),
            .. Fields("egress", EgressRate, EgressBurst),
        ];
        return $"{{{string.Join(',', fields)}}}";
    }

    private static IEnumerable<string> Fields(string direction, ulong rate, ulong burst) =>
        rate == 0
            ? []
            :
            [
                string.Create(CultureInfo.InvariantCulture, $"\"{direction}Rate\":{rate}"),
                string.Create(CultureInfo.InvariantCulture, $"\"{direction}Burst\":{burst}"),
            ];

    private static void Check(string direction, ulong rate, ulong burst)
    {
        if (rate == 0 != (burst == 0))
            throw ProxyError.Invalid($"bandwidth: {direction} has a rate or a burst alone; give both or neither");
        if (rate > LargestRate || burst > LargestBurst)
            throw ProxyError.Invalid(
                $"bandwidth: {direction} is at most {LargestRate} bit/s with a burst of {LargestBurst} bit"
            );
    }
}
