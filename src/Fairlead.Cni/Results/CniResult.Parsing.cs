using System.Net;
using System.Text.Json;
using Fairlead.Cni.Json;

namespace Fairlead.Cni;

public sealed partial class CniResult
{
    private CniResult(CniVersion version, ReadOnlyMemory<byte> rawBytes)
    {
        CniVersion = version;
        RawBytes = rawBytes;
    }

    internal static CniResult Parse(ReadOnlyMemory<byte> json, CniVersion fallbackVersion, string? sourcePath)
    {
        using JsonText text = JsonText.Parse(json, sourcePath);
        JsonView root = text.Root;
        if (root.Kind == JsonValueKind.Null)
            return Parse("{}"u8.ToArray(), fallbackVersion, sourcePath);
        root.RequireObject();

        string? written = root.OptionalString("cniVersion");
        CniVersion version = string.IsNullOrEmpty(written) ? fallbackVersion : ReadVersion(root, written);
        if (!version.IsKnown)
            throw root.Error($"unsupported CNI result version \"{version}\"");
        byte[]? completed = string.IsNullOrEmpty(written)
            ? JsonMembers.From(root).SetFirst("cniVersion", JsonMembers.Quote(version.ToString())).ToBytes()
            : null;
        CniDns dns = root.Present("dns") is { } view ? ReadDns(view.RequireObject()) : CniDns.Empty;
        return version < CniVersion.V0_3_0
            ? ReadBefore03(root, new CniResult(version, completed ?? json) { Dns = dns })
            : new(version, completed ?? json)
            {
                Interfaces = root.OptionalArray("interfaces").ConvertAll(ReadInterface),
                Ips = root.OptionalArray("ips").ConvertAll(ReadIp),
                Routes = root.OptionalArray("routes").ConvertAll(ReadRoute),
                Dns = dns,
            };
    }

    private static CniVersion ReadVersion(JsonView root, string written) =>
        CniVersion.TryParse(written, out CniVersion version)
            ? version
            : throw root.Member("cniVersion")!.Value.Error($"\"{written}\" is not a CNI version (as in \"1.0.0\")");

    /// <summary>0.1.0 and 0.2.0: <c>ip4</c> and <c>ip6</c>, each with <c>ip</c>, <c>gateway</c> and <c>routes</c>.</summary>
    private static CniResult ReadBefore03(JsonView root, CniResult result)
    {
        List<CniIp> ips = [];
        List<CniRoute> routes = [];
        foreach (string family in (ReadOnlySpan<string>)["ip4", "ip6"])
        {
            if (root.Present(family) is not { } ip)
                continue;
            ips.Add(new(RequireCidr(ip.RequireObject(), "ip")) { Gateway = OptionalAddress(ip, "gateway") });
            routes.AddRange(ip.OptionalArray("routes").ConvertAll(ReadRoute));
        }
        return new(result.CniVersion, result.RawBytes)
        {
            Ips = ips,
            Routes = routes,
            Dns = result.Dns,
        };
    }

    private static CniInterface ReadInterface(JsonView view) =>
        new(view.RequireObject().OptionalString("name") ?? "")
        {
            Mac = NullIfEmpty(view.OptionalString("mac")),
            Sandbox = NullIfEmpty(view.OptionalString("sandbox")),
            Mtu = OptionalNumber(view, "mtu"),
            SocketPath = NullIfEmpty(view.OptionalString("socketPath")),
            PciId = NullIfEmpty(view.OptionalString("pciID")),
        };

    private static CniIp ReadIp(JsonView view) =>
        new(RequireCidr(view.RequireObject(), "address"))
        {
            Gateway = OptionalAddress(view, "gateway"),
            InterfaceIndex = OptionalNumber(view, "interface"),
        };

    private static CniRoute ReadRoute(JsonView view) =>
        new(RequireCidr(view.RequireObject(), "dst"))
        {
            Gateway = OptionalAddress(view, "gw"),
            Mtu = OptionalNumber(view, "mtu"),
            AdvertisedMss = OptionalNumber(view, "advmss"),
            Priority = OptionalNumber(view, "priority"),
            Table = OptionalNumber(view, "table"),
            Scope = OptionalNumber(view, "scope"),
        };

    private static CniDns ReadDns(JsonView view) =>
        new()
        {
            Nameservers = view.OptionalStrings("nameservers"),
            Domain = NullIfEmpty(view.OptionalString("domain")),
            Search = view.OptionalStrings("search"),
            Options = view.OptionalStrings("options"),
        };

    private static CidrAddress RequireCidr(JsonView view, string name)
    {
        if (view.Member(name) is not { } member)
            throw view.Error($"missing '{name}'");
        return CidrAddress.TryParse(member.RequireString(), out CidrAddress address)
            ? address
            : throw member.Error(
                $"\"{member.RequireString()}\" is not an address with prefix length (as in 10.1.2.3/24)"
            );
    }

    private static IPAddress? OptionalAddress(JsonView view, string name)
    {
        if (NullIfEmpty(view.OptionalString(name)) is not { } text)
            return null;
        return CidrAddress.TryParseAddress(text, out IPAddress? address)
            ? address
            : throw view.Member(name)!.Value.Error($"\"{text}\" is not an IP address");
    }

    private static int? OptionalNumber(JsonView view, string name) => view.Present(name)?.RequireInt32();

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
