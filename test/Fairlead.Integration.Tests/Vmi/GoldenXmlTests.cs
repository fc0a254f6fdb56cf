using System.Xml.Linq;
using Fairlead.Integration.Tests.Libvirt;
using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Vmi;

/// <summary>That libvirtd and dnsmasq take the XML that the unit tests hold to.</summary>
public sealed class GoldenXmlTests
{
    private static readonly string s_directory = Path.Combine(RepositoryPaths.Root, "test/Fairlead.Vmi.Tests/Golden");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryNetwork_BecomesActiveWithItsMarkAndGoesAgain()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        foreach (string file in Files("Network"))
        {
            NodeSnapshot before = await NodeSnapshot.CaptureAsync(node.Node);
            XElement wanted = XElement.Load(file);

            Network network = await connection.CreateNetworkAsync(wanted.ToString(), Cancellation);

            Assert.True(await network.IsActiveAsync(Cancellation), file);
            XElement shown = XElement.Parse(await network.GetXmlAsync(cancellationToken: Cancellation));
            Assert.Equal(Digest(wanted), Digest(shown));
            Assert.Equal(wanted.Descendants("host").Count(), shown.Descendants("host").Count());
            bool serves = (await node.Node.ExecAsync("pgrep", "-x", "dnsmasq")).ExitCode == 0;
            Assert.Equal(wanted.Descendants("dhcp").Any(), serves);
            await network.DestroyAsync(Cancellation);
            await NodeSnapshot.RestoredAsync(node.Node, before, TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public async Task EveryDomain_IsValidToLibvirtsSchema()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        foreach (string file in Files("Domain"))
        {
            XElement xml = XElement.Load(file);
            // KVM is not on every machine.
            xml.SetAttributeValue("type", "qemu");
            if (xml.Element("cpu")!.Attribute("mode")!.Value == "host-passthrough")
                xml.Element("cpu")!.SetAttributeValue("mode", "maximum");

            Domain domain = await connection.DefineDomainAsync(
                xml.ToString(),
                DomainDefineFlags.Validate,
                Cancellation
            );

            Assert.Equal(xml.Element("name")!.Value, domain.Name);
            await domain.UndefineAsync(cancellationToken: Cancellation);
        }
    }

    private static string[] Files(string prefix)
    {
        string[] files = Directory.GetFiles(s_directory, $"{prefix}*.xml");
        Assert.NotEmpty(files);
        return files;
    }

    private static string? Digest(XElement network) =>
        network.Element("metadata")?.Elements().Single().Attribute("digest")?.Value;
}
