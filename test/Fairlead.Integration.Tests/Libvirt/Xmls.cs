namespace Fairlead.Integration.Tests.Libvirt;

/// <summary>Small documents for the tests.</summary>
internal static class Xmls
{
    /// <summary>
    /// An emulated guest without disk: SeaBIOS, which writes to the serial port and offers its boot menu there.
    /// </summary>
    public static string Guest(string name, string devices = "") =>
        $"""
            <domain type='qemu'>
              <name>{name}</name><memory unit='MiB'>32</memory>
              <os>
                <type machine='q35'>hvm</type><bios useserial='yes'/><bootmenu enable='yes' timeout='60000'/>
              </os>
              <on_crash>destroy</on_crash>
              <devices>
                <controller type='usb' model='none'/><memballoon model='none'/>
                <serial type='pty'/><console type='pty'><target type='serial' port='0'/></console>
                {devices}
              </devices>
            </domain>
            """;

    public static string Nic(string network, string mac) =>
        $"""
            <interface type='network'>
              <mac address='{mac}'/><source network='{network}'/><model type='virtio'/><rom enabled='no'/>
            </interface>
            """;

    /// <summary>A network as Fairlead makes them: no firewall rules of libvirt's, a link-local bridge address, static hosts.</summary>
    public static string Network(string name, string bridge) =>
        $"""
            <network>
              <name>{name}</name>
              <metadata><t:owner xmlns:t='https://fairlead.dev/test' key='default/web'/></metadata>
              <forward mode='open'/><bridge name='{bridge}' stp='off' delay='0'/><dns enable='no'/>
              <ip address='169.254.75.1' netmask='255.255.255.252'>
                <dhcp><host mac='52:54:00:00:00:01' ip='169.254.75.2'/></dhcp>
              </ip>
            </network>
            """;
}
