using System.Text;
using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Configuration;

public sealed class ConfigurationParsingTests
{
    [Theory, Statement(6)]
    [InlineData("""{"name":"n","plugins":[{"type":"a"},{}]}""", "$.plugins[1]")]
    [InlineData("""{"name":"n","plugins":[{"type":"a"},{"type":""}]}""", "$.plugins[1].type")]
    public void PluginWithoutOrWithEmptyType_IsMissingType(string json, string path)
    {
        CniFormatException e = Assert.Throws<CniFormatException>(() => Sample.Parse(json));
        Assert.Contains("missing 'type'", e.Message, StringComparison.Ordinal);
        Assert.Equal(path, e.JsonPath);
    }

    [Theory, Statement(7)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"true\"", true)]
    [InlineData("\"False\"", false)]
    public void DisableCheck_ParsesBooleanOrText(string value, bool expected)
    {
        NetworkConfigurationList list = Sample.Parse(
            $$"""{"name":"n","disableCheck":{{value}},"disableGC":{{value}},"plugins":[{"type":"a"}]}"""
        );
        Assert.Equal(expected, list.DisableCheck);
        Assert.Equal(expected, list.DisableGc);
    }

    [Theory, Statement(7), Statement(8)]
    [InlineData("disableCheck", "\"yes\"")]
    [InlineData("disableCheck", "1")]
    [InlineData("disableGC", "null")]
    [InlineData("loadOnlyInlinedPlugins", "\"\"")]
    public void FlagThatIsNoBoolean_IsAnErrorThatNamesIt(string flag, string value)
    {
        string json = $$"""{"name":"n","{{flag}}":{{value}},"plugins":[{"type":"a"}]}""";
        Assert.Equal("$." + flag, Assert.Throws<CniFormatException>(() => Sample.Parse(json)).JsonPath);
    }

    [Fact, Statement(8)]
    public void LoadOnlyInlinedPlugins_AbsentMeansFalse() =>
        Assert.False(Sample.Parse("""{"name":"n","plugins":[{"type":"a"}]}""").LoadOnlyInlinedPlugins);

    [Fact, Statement(8)]
    public void LoadOnlyInlinedPlugins_TrueWithoutPlugins_IsAnError() =>
        Assert.Throws<CniFormatException>(() => Sample.Parse("""{"name":"n","loadOnlyInlinedPlugins":true}"""));

    [Theory, Statement(11)]
    [InlineData(""" "cniVersions":["0.3.1","1.0.0","0.4.0"] """, "1.0.0")]
    [InlineData(""" "cniVersion":"1.0.0","cniVersions":["0.3.1","0.4.0"] """, "1.0.0")]
    [InlineData(""" "cniVersion":"0.3.1","cniVersions":["0.4.0","1.1.0","1.2.0","9.9.9"] """, "1.1.0")]
    [InlineData(""" "cniVersion":"0.4.0","cniVersions":[] """, "0.4.0")]
    [InlineData(""" "cniVersion":"2.0.0","cniVersions":["3.0.0"] """, "2.0.0")]
    [InlineData(""" "cniVersion":"" """, "0.1.0")]
    [InlineData(""" "x":1 """, "0.1.0")]
    public void Versions_TheHighestThatWeSpeakIsChosen(string members, string expected)
    {
        NetworkConfigurationList list = Sample.Parse($$"""{"name":"n",{{members}},"plugins":[{"type":"a"}]}""");
        Assert.Equal(expected, list.CniVersion.ToString());
    }

    [Theory, Statement(11), Statement(12)]
    [InlineData("""{"name":"n","cniVersions":["1.0.0","x"],"plugins":[{"type":"a"}]}""", "$.cniVersions[1]")]
    [InlineData("""{"name":"n","cniVersions":"1.0.0","plugins":[{"type":"a"}]}""", "$.cniVersions")]
    [InlineData("""{"name":"n","cniVersion":1,"plugins":[{"type":"a"}]}""", "$.cniVersion")]
    [InlineData("""{"plugins":[{"type":"a"}]}""", "$")]
    [InlineData("""{"name":7,"plugins":[{"type":"a"}]}""", "$.name")]
    [InlineData("""{"name":null,"plugins":[{"type":"a"}]}""", "$.name")]
    [InlineData("""{"name":"","plugins":[{"type":"a"}]}""", "$.name")]
    [InlineData("""{"name":"n","plugins":[]}""", "$.plugins")]
    [InlineData("""{"name":"n","plugins":{}}""", "$.plugins")]
    [InlineData("""{"name":"n","plugins":["a"]}""", "$.plugins[0]")]
    [InlineData(
        """{"name":"n","plugins":[{"type":"a","capabilities":{"mac":"yes"}}]}""",
        "$.plugins[0].capabilities.mac"
    )]
    [InlineData("[]", "$")]
    public void Malformed_TheErrorNamesTheValue(string json, string path)
    {
        CniFormatException e = Assert.Throws<CniFormatException>(() => Sample.Parse(json));
        Assert.Equal(path, e.JsonPath);
        Assert.NotNull(e.Offset);
    }

    [Theory, Statement(12)]
    [InlineData("""{"name":"n","plugins":[{"type":"a"}]} x""", 38)]
    [InlineData("", null)]
    [InlineData("\n{\"name\":tru}", 12)]
    [InlineData("{\"name\":\"\\ud800\"}", 8)]
    [InlineData("\ufeff{}", 0)]
    public void NotJson_TheErrorSaysWhere(string json, int? offset)
    {
        CniFormatException e = Assert.Throws<CniFormatException>(() => Sample.Parse(json));
        Assert.Equal(offset, (int?)e.Offset);
    }

    [Fact, Statement(12)]
    public void ListName_IsNotCheckedForCharactersHere() =>
        Assert.Equal("a b/c", Sample.Parse("""{"name":"a b/c","plugins":[{"type":"a"}]}""").Name);

    [Theory]
    [InlineData("""{"Name":"n","plugins":[{"type":"a"}]}""", "missing 'name'", "'Name' is another name")]
    [InlineData("""{"name":"n","plugins":[{"TYPE":"a"}]}""", "$.plugins[0]: missing 'type'", "'TYPE' is another name")]
    [InlineData("""{"name":"n","type":"a"}""", "$.type", "ends in .conf")]
    public void NearMiss_IsNamed(string json, string where, string what)
    {
        CniFormatException e = Assert.Throws<CniFormatException>(() =>
            NetworkConfigurationList.Parse(Encoding.UTF8.GetBytes(json), "x.conflist", ConfigurationFormat.List)
        );
        Assert.Contains(where, e.Message, StringComparison.Ordinal);
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Utf16_IsSaidToBe()
    {
        byte[] json = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{}")];
        CniFormatException e = Assert.Throws<CniFormatException>(() => NetworkConfigurationList.Parse(json));
        Assert.Contains("UTF-16", e.Message, StringComparison.Ordinal);
    }

    [Fact, Statement(13)]
    public void With_ReplacesInPlaceAndKeepsTheRest()
    {
        PluginConfiguration plugin = PluginConfiguration.Parse("""{"a":1,"type":"x","b":12345678901234567890}"""u8);
        Assert.Equal(
            """{"a":{"y":2},"type":"x","b":12345678901234567890}""",
            Sample.Text(plugin.With("a", """{"y":2}"""u8).RawBytes)
        );
    }

    [Theory, Statement(13)]
    [InlineData("k", "{")]
    [InlineData("k", "null")]
    public void With_BadValue_IsAnError(string key, string json)
    {
        PluginConfiguration plugin = PluginConfiguration.Parse("""{"type":"x"}"""u8);
        Assert.Throws<CniFormatException>(() => plugin.With(key, Encoding.UTF8.GetBytes(json)));
    }

    [Fact, Statement(13)]
    public void With_EmptyKey_IsAnError() =>
        Assert.Throws<ArgumentException>(() => PluginConfiguration.Parse("""{"type":"x"}"""u8).With("", "1"u8));

    [Fact, Statement(14)]
    public void SinglePlugin_BecomesAListOfOneWithNameAndVersion()
    {
        NetworkConfigurationList list = Sample.Parse("""{"name":"n","cniVersion":"0.4.0","type":"a","x":[1]}""");

        Assert.Equal("n", list.Name);
        Assert.Equal(CniVersion.V0_4_0, list.CniVersion);
        Assert.Equal("a", Assert.Single(list.Plugins).Type);
        NetworkConfigurationList again = NetworkConfigurationList.Parse(list.RawBytes.Span);
        Assert.Equal(Sample.Text(list.Plugins[0].RawBytes), Sample.Text(again.Plugins[0].RawBytes));
    }

    [Fact]
    public void RawBytes_AreTheTextByteForByte()
    {
        byte[] json =
            "{ \"name\" : \"n\", \"plugins\":[ { \"type\":\"a\" , \"n\":1e400, \"s\":\"\\u003c<\" } ] }\n"u8.ToArray();
        NetworkConfigurationList list = NetworkConfigurationList.Parse(json);
        Assert.Equal(json, list.RawBytes.ToArray());
        Assert.Equal("""{ "type":"a" , "n":1e400, "s":"\u003c<" }""", Sample.Text(list.Plugins[0].RawBytes));
    }
}
