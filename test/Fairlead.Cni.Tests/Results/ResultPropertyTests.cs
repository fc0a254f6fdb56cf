using System.Net;
using CsCheck;

namespace Fairlead.Cni.Tests.Results;

/// <summary>What must hold for any result and any two versions.</summary>
public sealed class ResultPropertyTests
{
    private static readonly Gen<CidrAddress> s_ipv4 = Gen.Select(
        Gen.Byte.Array[4],
        Gen.Int[0, 32],
        (bytes, prefix) => new CidrAddress(new IPAddress(bytes), prefix)
    );

    private static readonly Gen<CidrAddress> s_ipv6 = Gen.Select(
        Gen.Byte.Array[16],
        Gen.Int[0, 128],
        (bytes, prefix) => new CidrAddress(new IPAddress(bytes), prefix)
    );

    private static readonly Gen<CidrAddress> s_cidr = Gen.OneOf(s_ipv4, s_ipv6);

    private static readonly Gen<string?> s_text = Gen.OneOf(
        Gen.Const((string?)null),
        Gen.String[Gen.Char['\u0001', '\ud7ff'], 1, 12].Select(text => (string?)text)
    );

    private static readonly Gen<int?> s_number = Gen.OneOf(Gen.Const((int?)null), Gen.Int.Select(n => (int?)n));

    private static readonly Gen<CniInterface> s_interface = Gen.Select(
        s_text,
        s_text,
        s_text,
        s_number,
        (name, mac, sandbox, mtu) =>
            new CniInterface(name ?? "x")
            {
                Mac = mac,
                Sandbox = sandbox,
                Mtu = mtu,
            }
    );

    private static readonly Gen<CniIp> s_ip = Gen.Select(
        s_cidr,
        s_cidr,
        s_number,
        (address, gateway, index) => new CniIp(address) { Gateway = gateway.Address, InterfaceIndex = index }
    );

    private static readonly Gen<CniRoute> s_route = Gen.Select(
        s_cidr,
        s_number,
        s_number,
        (destination, mtu, table) => new CniRoute(destination) { Mtu = mtu, Table = table }
    );

    private static readonly Gen<CniResult> s_result = Gen.Select(
        s_interface.Array[0, 3],
        s_ip.Array[1, 4],
        s_route.Array[0, 3],
        s_text.Array[0, 2],
        (interfaces, ips, routes, search) =>
            CniResult.Create(
                CniVersion.Latest,
                interfaces,
                ips,
                routes,
                new CniDns { Search = [.. search.OfType<string>()] }
            )
    );

    private static readonly Gen<CniVersion> s_version = Gen.Int[0, CniVersion.Known.Count - 1]
        .Select(i => CniVersion.Known[i]);

    [Fact]
    public void ResultFromParts_HasThoseParts() =>
        s_result.Sample(result =>
        {
            CniResult again = CniResult.Parse(result.RawBytes.Span);
            Assert.Equal(result.Interfaces, again.Interfaces);
            Assert.Equal(result.Ips, again.Ips);
            Assert.Equal(result.Routes, again.Routes);
            Assert.Equal(result.Dns.Search, again.Dns.Search);
        });

    [Fact]
    public void UpAndDownBetweenVersionsWithInterfaces_LosesOnlyWhatTheOlderDoesNotHave() =>
        Gen.Select(s_result, s_version)
            .Where(pair => pair.Item2 >= CniVersion.V0_3_0)
            .Sample(pair =>
            {
                (CniResult result, CniVersion version) = pair;
                CniResult back = result.ConvertTo(version).ConvertTo(CniVersion.Latest);
                bool old = version < CniVersion.V1_0_0;
                Assert.Equal(result.Interfaces.Select(i => old ? i with { Mtu = null } : i), back.Interfaces);
                Assert.Equal(result.Ips, back.Ips);
                Assert.Equal(result.Routes, back.Routes);
                Assert.Equal(result.Dns.Search, back.Dns.Search);
            });

    [Fact]
    public void DownToTheOldestAndUp_KeepsTheFirstAddressOfEachFamily() =>
        s_result.Sample(result =>
        {
            CniResult back = result.ConvertTo(CniVersion.V0_2_0).ConvertTo(CniVersion.Latest);
            IEnumerable<CniIp> expected = result
                .Ips.GroupBy(ip => ip.Address.IsIPv4)
                .OrderByDescending(family => family.Key)
                .Select(family => family.First() with { InterfaceIndex = null });
            Assert.Equal(expected, back.Ips);
        });

    [Fact]
    public void ConvertingTwice_IsConvertingOnce() =>
        Gen.Select(s_result, s_version, s_version)
            .Where(t => t.Item2 >= t.Item3)
            .Sample(t =>
            {
                (CniResult result, CniVersion via, CniVersion to) = t;
                Assert.Equal(
                    result.ConvertTo(to).RawBytes.ToArray(),
                    result.ConvertTo(via).ConvertTo(to).RawBytes.ToArray()
                );
            });

    [Fact]
    public void Cidr_ReadsWhatItWrites() =>
        s_cidr.Sample(cidr => Assert.Equal(cidr, CidrAddress.Parse(cidr.ToString())));

    [Fact]
    public void Versions_AreOrderedAsTheirParts() =>
        Gen.Select(Gen.Int[0, 20].Array[3], Gen.Int[0, 20].Array[3])
            .Sample(pair =>
            {
                CniVersion left = CniVersion.Parse(string.Join('.', pair.Item1));
                CniVersion right = CniVersion.Parse(string.Join('.', pair.Item2));
                int expected = pair.Item1.Zip(pair.Item2, (a, b) => a.CompareTo(b)).FirstOrDefault(c => c != 0);
                Assert.Equal(Math.Sign(expected), Math.Sign(left.CompareTo(right)));
                Assert.Equal(expected == 0, left == right);
                Assert.Equal(expected < 0, left < right);
            });
}
