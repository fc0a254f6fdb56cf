namespace Fairlead.Libvirt.Tests;

public sealed class XmlTests
{
    private const string Uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";

    [Fact]
    public void RunningDomain_IsRead()
    {
        var xml = DomainXml.Parse(
            $"""
            <domain type='qemu' id='3'>
              <name>web</name><uuid>{Uuid}</uuid>
              <metadata><f:vm xmlns:f='https://fairlead.dev/x' key='default/web'/></metadata>
              <devices>
                <interface type='network'>
                  <mac address='00:11:22:33:44:55'/>
                  <source network='fl-net' portid='a' bridge='flbr0'/>
                  <target dev='vnet0'/><model type='virtio'/><link state='down'/><mtu size='1450'/>
                  <alias name='net0'/>
                </interface>
                <interface type='bridge'><source bridge='br7'/></interface>
                <serial type='pty'><source path='/dev/pts/5'/><alias name='serial0'/></serial>
                <console type='pty' tty='/dev/pts/5'><source path='/dev/pts/5'/><alias name='serial0'/></console>
              </devices>
            </domain>
            """
        );

        Assert.Equal(("web", Guid.Parse(Uuid), 3, "qemu"), (xml.Name, xml.Uuid, xml.Id, xml.HypervisorType));
        Assert.Equal("default/web", (string?)xml.Metadata?.Elements().Single().Attribute("key"));
        DomainInterfaceXml nic = xml.Interfaces[0];
        Assert.Equal("001122334455", nic.Mac?.ToString());
        Assert.Equal(("fl-net", "flbr0", "vnet0"), (nic.SourceNetwork, nic.SourceBridge, nic.TargetDevice));
        Assert.Equal(("net0", "virtio", 1450), (nic.Alias, nic.Model, nic.MtuBytes));
        Assert.Equal(InterfaceLinkState.Down, nic.LinkState);
        Assert.Equal("/dev/pts/5", Assert.Single(xml.Serials).Path);
        Assert.Equal("serial0", Assert.Single(xml.Consoles).Alias);
    }

    [Fact]
    public void InterfaceThatSaysLittle_HasNullsAndItsLinkUp()
    {
        DomainInterfaceXml nic = Assert.Single(
            DomainXml
                .Parse(
                    $"<domain type='test'><name>a</name><uuid>{Uuid}</uuid><devices><interface type='user'/></devices></domain>"
                )
                .Interfaces
        );
        Assert.Null(nic.Mac);
        Assert.Null(nic.SourceNetwork ?? nic.SourceBridge ?? nic.TargetDevice ?? nic.Alias ?? nic.Model);
        Assert.Null(nic.MtuBytes);
        Assert.Equal(InterfaceLinkState.Up, nic.LinkState);
    }

    [Fact]
    public void Network_IsRead()
    {
        var xml = NetworkXml.Parse(
            $"""
            <network connections='1'>
              <name>fl-net</name><uuid>{Uuid}</uuid>
              <metadata><f:attachment xmlns:f='https://fairlead.dev/x'/></metadata>
              <forward mode='open'/><bridge name='flbr0' stp='on' delay='0'/><mtu size='1450'/>
              <ip address='169.254.75.1' netmask='255.255.255.252'>
                <dhcp><host mac='00:11:22:33:44:55' ip='10.88.0.4' name='web'/></dhcp>
              </ip>
              <ip family='ipv6' address='fd00::1' prefix='64'><dhcp><host id='0:3:0:1' ip='fd00::4'/></dhcp></ip>
            </network>
            """
        );
        Assert.Equal(("fl-net", "flbr0", "open", 1450), (xml.Name, xml.BridgeName, xml.ForwardMode, xml.MtuBytes));
        Assert.NotNull(xml.Metadata);
        Assert.Equal(["10.88.0.4", "fd00::4"], xml.DhcpHosts.Select(host => host.Address.ToString()));
        Assert.Equal(["web", null], xml.DhcpHosts.Select(host => host.Hostname));
        Assert.Null(xml.DhcpHosts[1].Mac);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("<domain>\n<name>", 2)]
    [InlineData("<network/>", 1)]
    [InlineData("<domain type='x'><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid></domain>", 1)]
    [InlineData("<domain type='x'><name>a</name>\n<uuid>6695</uuid></domain>", 1)]
    [InlineData("<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>", 0)]
    public void BadDomain_SaysWhere(string text, int line)
    {
        LibvirtXmlFormatException e = Assert.Throws<LibvirtXmlFormatException>(() => DomainXml.Parse(text));
        Assert.Equal(line, e.LineNumber);
    }

    [Theory]
    [InlineData("<mac address='00:11:22:33:44'/>")]
    [InlineData("<mac address='hello'/>")]
    [InlineData("<mtu size='-1'/>")]
    [InlineData("<mtu size='99999999999'/>")]
    public void BadInterface_SaysWhere(string element)
    {
        LibvirtXmlFormatException e = Assert.Throws<LibvirtXmlFormatException>(() =>
            DomainXml.Parse(
                $"<domain type='x'><name>a</name><uuid>{Uuid}</uuid><devices>\n<interface type='user'>{element}</interface></devices></domain>"
            )
        );
        Assert.Equal(2, e.LineNumber);
    }
}
