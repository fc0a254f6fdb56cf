using System.Text;
using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Results;

public sealed class ResultTests
{
    private const string Full = """
        {"cniVersion":"1.1.0","interfaces":[{"name":"br0","mac":"aa:bb:cc:dd:ee:01","mtu":1450},{"name":"eth0","mac":"aa:bb:cc:dd:ee:02","sandbox":"/run/netns/x","socketPath":"/s","pciID":"0000:00:01.0","extra":1}],"ips":[{"interface":1,"address":"10.1.2.3/24","gateway":"10.1.2.1"},{"interface":0,"address":"10.1.2.4/24"},{"address":"fd00::3/64"}],"routes":[{"dst":"0.0.0.0/0","gw":"10.1.2.1","mtu":1400,"advmss":1360,"priority":5,"table":7,"scope":253},{"dst":"::/0"}],"dns":{"nameservers":["10.0.0.10"],"domain":"d","search":["a","b"],"options":["ndots:5"]},"big":12345678901234567890}
        """;

    [Fact]
    public void EveryField_IsRead()
    {
        CniResult result = Sample.Result(Full);

        Assert.Equal(1450, result.Interfaces[0].Mtu);
        Assert.Null(result.Interfaces[0].Sandbox);
        Assert.Equal("/run/netns/x", result.Interfaces[1].Sandbox);
        Assert.Equal("aa:bb:cc:dd:ee:02", result.Interfaces[1].Mac);
        Assert.Equal("/s", result.Interfaces[1].SocketPath);
        Assert.Equal("0000:00:01.0", result.Interfaces[1].PciId);
        Assert.Equal("10.1.2.3/24", result.Ips[0].Address.ToString());
        Assert.Equal("10.1.2.1", result.Ips[0].Gateway?.ToString());
        CniRoute route = result.Routes[0];
        Assert.Equal(
            (1400, 1360, 5, 7, 253),
            (route.Mtu, route.AdvertisedMss, route.Priority, route.Table, route.Scope)
        );
        Assert.Equal(["ndots:5"], result.Dns.Options);
        Assert.Equal(Full, Sample.Text(result.RawBytes));
    }

    [Theory, Statement(41)]
    [InlineData("{}", "1.0.0", "1.0.0")]
    [InlineData("""{"cniVersion":""}""", "0.4.0", "0.4.0")]
    [InlineData("{}", "", "0.1.0")]
    [InlineData("null", "1.0.0", "1.0.0")]
    [InlineData("""{"cniVersion":"0.3.1"}""", "1.0.0", "0.3.1")]
    public void ResultWithoutVersion_TakesTheConfigurations(string json, string configured, string expected)
    {
        CniResult result = CniResult.Parse(Encoding.UTF8.GetBytes(json), CniVersion.Parse(configured));
        Assert.Equal(expected, result.CniVersion.ToString());
        Assert.Contains($"\"cniVersion\":\"{expected}\"", Sample.Text(result.RawBytes), StringComparison.Ordinal);
    }

    [Theory, Statement(41)]
    [InlineData("""{"cniVersion":"1.2.0"}""", "unsupported CNI result version")]
    [InlineData("""{"cniVersion":"x"}""", "not a CNI version")]
    public void UnknownVersion_IsAnError(string json, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<CniFormatException>(() => Sample.Result(json)).Message,
            StringComparison.Ordinal
        );

    [Theory, Statement(42)]
    [InlineData("0.3.0")]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    public void To04And03_IpsGetTheirVersionAndNewInterfaceFieldsGo(string version)
    {
        CniResult result = Sample.Result(Full).ConvertTo(CniVersion.Parse(version));

        string json = Sample.Text(result.RawBytes);
        Assert.StartsWith($"{{\"cniVersion\":\"{version}\"", json, StringComparison.Ordinal);
        Assert.Contains(
            """{"version":"4","interface":1,"address":"10.1.2.3/24","gateway":"10.1.2.1"}""",
            json,
            StringComparison.Ordinal
        );
        Assert.Contains("""{"version":"6","address":"fd00::3/64"}""", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\"mtu\":1450", json, StringComparison.Ordinal);
        Assert.DoesNotContain("socketPath", json, StringComparison.Ordinal);
        Assert.DoesNotContain("pciID", json, StringComparison.Ordinal);
        Assert.Contains("\"extra\":1", json, StringComparison.Ordinal);
        Assert.Contains("\"big\":12345678901234567890", json, StringComparison.Ordinal);
    }

    [Theory, Statement(42)]
    [InlineData("0.1.0")]
    [InlineData("0.2.0")]
    public void To02And01_TheFirstIpOfEachFamilyWithItsRoutesStays(string version)
    {
        CniResult result = Sample.Result(Full).ConvertTo(CniVersion.Parse(version));

        Assert.Equal(
            $$$"""{"cniVersion":"{{{version}}}","dns":{"nameservers":["10.0.0.10"],"domain":"d","search":["a","b"],"options":["ndots:5"]},"big":12345678901234567890,"ip4":{"ip":"10.1.2.3/24","gateway":"10.1.2.1","routes":[{"dst":"0.0.0.0/0","gw":"10.1.2.1"}]},"ip6":{"ip":"fd00::3/64","routes":[{"dst":"::/0"}]}}""",
            Sample.Text(result.RawBytes)
        );
    }

    [Fact, Statement(42)]
    public void To02WithoutAddress_IsAnError() =>
        Assert.Contains(
            "cannot convert: no valid IP addresses",
            Assert
                .Throws<CniFormatException>(() =>
                    Sample.Result("""{"cniVersion":"1.0.0"}""").ConvertTo(CniVersion.V0_2_0)
                )
                .Message,
            StringComparison.Ordinal
        );

    // Found by fuzzing: the second name made the conversion end in an ArgumentException.
    [Theory]
    [InlineData("1.0.0", """{"ips":[{"address":"10.1.0.2/24","ip":"x"}]}""", "0.2.0", "\"ip\":\"10.1.0.2/24\"")]
    [InlineData("0.2.0", """{"ip4":{"ip":"10.1.0.2/24","address":"x"}}""", "1.0.0", "\"address\":\"10.1.0.2/24\"")]
    public void MemberUnderTheNameOfAnotherVersion_GivesWay(string from, string json, string to, string expected)
    {
        CniResult result = CniResult.Parse(Encoding.UTF8.GetBytes(json), CniVersion.Parse(from), sourcePath: null);

        string converted = Sample.Text(result.ConvertTo(CniVersion.Parse(to)).RawBytes);

        Assert.Contains(expected, converted, StringComparison.Ordinal);
        Assert.DoesNotContain("\"x\"", converted, StringComparison.Ordinal);
    }

    [Fact, Statement(42)]
    public void From02_BecomesIpsAndRoutes()
    {
        CniResult old = Sample.Result(
            """{"cniVersion":"0.2.0","ip4":{"ip":"10.1.2.3/24","gateway":"10.1.2.1","routes":[{"dst":"0.0.0.0/0"}]},"ip6":{"ip":"fd00::3/64"},"dns":{}}"""
        );
        Assert.Equal(
            """{"cniVersion":"0.4.0","dns":{},"ips":[{"version":"4","address":"10.1.2.3/24","gateway":"10.1.2.1"},{"version":"6","address":"fd00::3/64"}],"routes":[{"dst":"0.0.0.0/0"}]}""",
            Sample.Text(old.ConvertTo(CniVersion.V0_4_0).RawBytes)
        );
        Assert.Equal(
            """{"cniVersion":"1.1.0","ips":[{"address":"10.1.2.3/24","gateway":"10.1.2.1"},{"address":"fd00::3/64"}],"routes":[{"dst":"0.0.0.0/0"}]}""",
            Sample.Text(old.ConvertTo(CniVersion.V1_1_0).RawBytes)
        );
    }

    [Fact, Statement(42)]
    public void EveryPairOfVersions_ConvertsWithTheAddressesKept()
    {
        foreach (CniVersion from in CniVersion.Known)
        foreach (CniVersion to in CniVersion.Known)
        {
            CniResult result = Sample.Result(Full).ConvertTo(from).ConvertTo(to);
            Assert.Equal(to.ToString(), result.CniVersion.ToString());
            Assert.Equal("10.1.2.3/24", result.Ips[0].Address.ToString());
            Assert.Equal("fd00::3/64", result.Ips[^1].Address.ToString());
            Assert.Equal(["a", "b"], result.Dns.Search);
        }
    }

    [Fact, Statement(43)]
    public void InterfaceIndexZero_SurvivesAndAMissingOneStaysMissing()
    {
        CniResult result = Sample
            .Result(
                """{"cniVersion":"1.0.0","ips":[{"interface":0,"address":"10.0.0.1/8"},{"address":"10.0.0.2/8"}]}"""
            )
            .ConvertTo(CniVersion.V0_4_0)
            .ConvertTo(CniVersion.V1_1_0);
        Assert.Equal(0, result.Ips[0].InterfaceIndex);
        Assert.Null(result.Ips[1].InterfaceIndex);
    }

    [Theory, Statement(43)]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0/8")]
    [InlineData("010.0.0.1/8")]
    [InlineData("::1/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("10.0.0.1/+8")]
    [InlineData("")]
    public void BadCidr_IsAnErrorThatNamesIt(string address)
    {
        CniFormatException e = Assert.Throws<CniFormatException>(() =>
            Sample.Result($$"""{"cniVersion":"1.0.0","ips":[{"address":"{{address}}"}]}""")
        );
        Assert.Equal("$.ips[0].address", e.JsonPath);
    }

    [Fact, Statement(43)]
    public void EmptyDns_IsOmittedIn1x() =>
        Assert.DoesNotContain(
            "dns",
            Sample.Text(Sample.Result("""{"cniVersion":"0.4.0","dns":{}}""").ConvertTo(CniVersion.V1_0_0).RawBytes),
            StringComparison.Ordinal
        );

    [Fact]
    public void Create_WritesWhatItReads()
    {
        CniResult full = Sample.Result(Full);
        CniResult again = CniResult.Create(CniVersion.V1_1_0, full.Interfaces, full.Ips, full.Routes, full.Dns);

        Assert.Equal(full.Interfaces, again.Interfaces);
        Assert.Equal(full.Ips, again.Ips);
        Assert.Equal(full.Routes, again.Routes);
        Assert.Equal(full.Dns.Search, again.Dns.Search);
    }

    [Fact]
    public void Cidr_KeepsTheHostPart() => Assert.Equal("10.244.1.7/24", CidrAddress.Parse("10.244.1.7/24").ToString());
}
