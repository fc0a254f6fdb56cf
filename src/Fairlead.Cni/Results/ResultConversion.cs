using Fairlead.Cni.Json;

namespace Fairlead.Cni.Results;

/// <summary>
/// Rewrites a result's JSON from one version's shape into another's, member by member, so that what is not touched keeps
/// its bytes.
/// </summary>
/// <remarks>
/// There are three shapes: 0.1.0 and 0.2.0 (<c>ip4</c>, <c>ip6</c>); 0.3.0 to 0.4.0 (<c>ips</c> with <c>version</c>); 1.x.
/// Every conversion between the outer two goes through the middle.
/// </remarks>
internal static class ResultConversion
{
    private enum Shape
    {
        PerFamily,
        WithIpVersion,
        Current,
    }

    public static byte[] Convert(CniResult result, CniVersion target)
    {
        if (!target.IsKnown)
            throw new CniFormatException($"unsupported CNI result version \"{target}\"");
        Shape from = ShapeOf(result.CniVersion);
        Shape to = ShapeOf(target);

        byte[] json = result.RawBytes.ToArray();
        if (from == Shape.PerFamily && to != Shape.PerFamily)
            (json, from) = (Rewrite(json, ToWithIpVersion), Shape.WithIpVersion);
        if (from == Shape.Current && to != Shape.Current)
            (json, from) = (Rewrite(json, ToIpVersions), Shape.WithIpVersion);
        if (from == Shape.WithIpVersion && to == Shape.Current)
            json = Rewrite(json, FromIpVersions);
        if (from == Shape.WithIpVersion && to == Shape.PerFamily)
            json = Rewrite(json, ToPerFamily);
        return Rewrite(json, (_, members) => members.SetFirst("cniVersion", JsonMembers.Quote(target.ToString())));
    }

    private static Shape ShapeOf(CniVersion version) =>
        version < CniVersion.V0_3_0 ? Shape.PerFamily
        : version < CniVersion.V1_0_0 ? Shape.WithIpVersion
        : Shape.Current;

    private static byte[] Rewrite(ReadOnlyMemory<byte> json, Action<JsonView, JsonMembers> change)
    {
        using JsonText text = JsonText.Parse(json, sourcePath: null);
        JsonMembers members = JsonMembers.From(text.Root);
        change(text.Root, members);
        return members.ToBytes();
    }

    /// <summary>1.x to 0.3 and 0.4: each address says its IP version; three members of interfaces do not exist yet.</summary>
    private static void ToIpVersions(JsonView root, JsonMembers members)
    {
        Replace(
            members,
            "ips",
            root.OptionalArray("ips"),
            static ip =>
                JsonMembers
                    .From(ip)
                    .SetFirst("version", IsIPv4(ip, "address") ? "\"4\""u8.ToArray() : "\"6\""u8.ToArray())
        );
        Replace(
            members,
            "interfaces",
            root.OptionalArray("interfaces"),
            static item => JsonMembers.From(item).Remove("mtu").Remove("socketPath").Remove("pciID")
        );
    }

    /// <summary>0.3 and 0.4 to 1.x: the address itself says which it is; an empty <c>dns</c> is left out.</summary>
    private static void FromIpVersions(JsonView root, JsonMembers members)
    {
        Replace(members, "ips", root.OptionalArray("ips"), static ip => JsonMembers.From(ip).Remove("version"));
        if (root.Present("dns") is { } dns && JsonMembers.From(dns).IsEmpty)
            members.Remove("dns");
    }

    /// <summary>0.1 and 0.2 to 0.3: <c>ip4</c> and <c>ip6</c> become <c>ips</c>, their routes the result's.</summary>
    private static void ToWithIpVersion(JsonView root, JsonMembers members)
    {
        List<ReadOnlyMemory<byte>> ips = [];
        List<ReadOnlyMemory<byte>> routes = [];
        foreach ((string family, string version) in (ReadOnlySpan<(string, string)>)[("ip4", "4"), ("ip6", "6")])
        {
            members.Remove(family);
            if (root.Present(family) is not { } ip)
                continue;
            ips.Add(
                JsonMembers
                    .From(ip)
                    .Remove("routes")
                    .Rename("ip", "address")
                    .SetFirst("version", JsonMembers.Quote(version))
                    .ToBytes()
            );
            routes.AddRange(ip.OptionalArray("routes").Select(static route => route.Raw));
        }
        if (ips.Count > 0)
            members.Set("ips", JsonMembers.Array(ips));
        if (routes.Count > 0)
            members.Set("routes", JsonMembers.Array(routes));
    }

    /// <summary>0.3 to 0.2 and 0.1: the first address of each family, with the routes of its family.</summary>
    private static void ToPerFamily(JsonView root, JsonMembers members)
    {
        bool any = false;
        foreach ((string family, bool isIPv4) in (ReadOnlySpan<(string, bool)>)[("ip4", true), ("ip6", false)])
        {
            List<JsonView> candidates = root.OptionalArray("ips").FindAll(ip => IsIPv4(ip, "address") == isIPv4);
            if (candidates.Count == 0)
                continue;
            any = true;
            JsonMembers ip = JsonMembers
                .From(candidates[0])
                .Remove("version")
                .Remove("interface")
                .Rename("address", "ip");
            List<ReadOnlyMemory<byte>> routes =
            [
                .. root.OptionalArray("routes")
                    .Where(route => IsIPv4(route, "dst") == isIPv4)
                    .Select(static route => (ReadOnlyMemory<byte>)DestinationAndGateway(route)),
            ];
            if (routes.Count > 0)
                ip.Set("routes", JsonMembers.Array(routes));
            members.Set(family, ip.ToBytes());
        }
        if (!any)
            throw root.Error("cannot convert: no valid IP addresses");
        members.Remove("ips").Remove("routes").Remove("interfaces");
    }

    private static byte[] DestinationAndGateway(JsonView route)
    {
        JsonMembers result = new();
        foreach (string name in (ReadOnlySpan<string>)["dst", "gw"])
            if (route.Present(name) is { } value)
                result.Set(name, value.Raw);
        return result.ToBytes();
    }

    private static bool IsIPv4(JsonView view, string name) =>
        CidrAddress.TryParse(view.OptionalString(name), out CidrAddress address) && address.IsIPv4;

    private static void Replace(
        JsonMembers members,
        string name,
        List<JsonView> items,
        Func<JsonView, JsonMembers> rewrite
    )
    {
        if (items.Count > 0)
            members.Set(name, JsonMembers.Array(items.Select(item => (ReadOnlyMemory<byte>)rewrite(item).ToBytes())));
    }
}
