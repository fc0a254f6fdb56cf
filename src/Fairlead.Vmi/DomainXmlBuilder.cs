using System.Xml.Linq;
using Fairlead.Crds;

namespace Fairlead.Vmi;

/// <summary>What the domain needs to know of a pod-network vNIC that has been set up.</summary>
public sealed record PreparedVnic(VnicNames Names, VnicEndpoint Endpoint);

/// <summary>What the node decides about a domain where the manifest is silent.</summary>
/// <param name="DomainType">"kvm" or "qemu".</param>
/// <param name="Emulator">Path of QEMU, or null for libvirt's choice.</param>
public sealed record NodeDefaults(string DomainType, string? Emulator = null);

/// <summary>Writes a VM as libvirt's domain XML. Pure; the spec is validated and defaulted.</summary>
public static class DomainXmlBuilder
{
    /// <summary>How many vNICs may be plugged into a running q35 machine.</summary>
    public const int SpareInterfaces = 8;

    /// <param name="vm">The VM, with its UID and all defaults.</param>
    /// <param name="vnics">Its pod-network vNICs by name.</param>
    /// <param name="node">What the node decides.</param>
    /// <param name="seed">Path of cloud-init's disk (<see cref="CloudInit.NoCloudDisk"/>); null for none.</param>
    public static XElement Build(
        VirtualMachine vm,
        IReadOnlyDictionary<string, PreparedVnic> vnics,
        NodeDefaults node,
        string? seed = null
    )
    {
        DomainSpec domain = seed is null ? vm.Spec.Domain : WithSeed(vm.Spec.Domain, seed);
        string type = domain.Type ?? node.DomainType;
        return new XElement(
            "domain",
            new XAttribute("type", type),
            new XElement("name", VnicNames.DomainNameOf(vm.Key)),
            new XElement("uuid", vm.Metadata.Uid),
            new XElement(
                "metadata",
                new XElement(
                    DhcpNetwork.Mark + "vm",
                    new XAttribute(XNamespace.Xmlns + "fairlead", DhcpNetwork.Mark),
                    new XAttribute("namespace", vm.Metadata.Namespace),
                    new XAttribute("name", vm.Metadata.Name)
                )
            ),
            new XElement("memory", new XAttribute("unit", "b"), domain.Memory!.Bytes),
            new XElement("vcpu", domain.Vcpu),
            Os(domain),
            new XElement("features", new XElement("acpi"), new XElement("apic")),
            Cpu(domain.Cpu, type),
            // The guest's own reboot stays a reboot; its end is reported and the tear-down follows.
            new XElement("on_poweroff", "destroy"),
            new XElement("on_reboot", "restart"),
            new XElement("on_crash", "destroy"),
            new XElement(
                "devices",
                node.Emulator is null ? null : new XElement("emulator", node.Emulator),
                SparePorts(domain),
                domain.Devices.Disks.Select(DiskElement),
                domain.Devices.Interfaces.Select(nic => BuildInterface(nic, vnics.GetValueOrDefault(nic.Name!))),
                domain.Devices.Serials.Select(s => Character("serial", s.Type, s.Target)),
                domain.Devices.Consoles.Select(c => Character("console", c.Type, c.Target)),
                domain.Devices.Graphics.Select(Graphics),
                domain.Devices.Graphics is [] ? null : new XElement("video", Element("model", ("type", "vga"))),
                domain.Devices.Rngs.Select(Rng),
                Element("memballoon", ("model", "none")),
                // How a guest's kernel tells that it has crashed, where it knows the device.
                Element("panic", ("model", "isa"))
            )
        );
    }

    private static DomainSpec WithSeed(DomainSpec domain, string seed)
    {
        DomainDevices devices = domain.Devices;
        string name = Enumerable
            .Range('a', 26)
            .Select(letter => $"vd{(char)letter}")
            .First(name => devices.Disks.All(disk => disk.Target?.Dev != name));
        Disk disk = new()
        {
            Type = DiskTypes.File,
            Device = DiskTypes.DeviceDisk,
            Driver = new DiskDriver { Name = DiskTypes.DriverQemu, Type = DiskTypes.Raw },
            Source = new DiskSource { File = seed },
            Target = new DiskTarget { Dev = name, Bus = DiskTypes.BusVirtio },
            Readonly = true,
        };
        return domain with { Devices = devices with { Disks = [.. devices.Disks, disk] } };
    }

    /// <summary>The VM that a domain was made for, by its mark; null for a domain that is not ours.</summary>
    public static VirtualMachineKey? VmOf(string domainXml) =>
        XElement.Parse(domainXml).Element("metadata")?.Element(DhcpNetwork.Mark + "vm") is { } mark
            ? new VirtualMachineKey(mark.Attribute("namespace")?.Value ?? "", mark.Attribute("name")?.Value ?? "")
            : null;

    private static XElement Os(DomainSpec domain)
    {
        DomainOs os = domain.Os!;
        return new XElement(
            "os",
            new XElement(
                "type",
                Attribute("arch", os.Type?.Arch),
                Attribute("machine", os.Type?.Machine),
                os.Type?.Value
            ),
            Text("kernel", os.Kernel),
            Text("initrd", os.Initrd),
            Text("cmdline", os.Cmdline),
            os.Boot.Select(boot => Element("boot", ("dev", boot.Dev)))
        );
    }

    private static XElement? Cpu(DomainCpu? cpu, string domainType)
    {
        if (cpu is null)
            // What the hypervisor can do at best: KVM passes the host's CPU on, TCG emulates its richest model.
            return Element("cpu", ("mode", domainType == DomainTypes.Kvm ? "host-passthrough" : "maximum"));
        CpuTopology? topology = cpu.Topology;
        return new XElement(
            "cpu",
            Attribute("mode", cpu.Mode),
            Attribute("match", cpu.Match),
            Attribute("check", cpu.Check),
            cpu.Model is null
                ? null
                : new XElement("model", Attribute("fallback", cpu.Model.Fallback), cpu.Model.Value),
            topology is null
                ? null
                : Element(
                    "topology",
                    ("sockets", topology.Sockets ?? 1),
                    ("dies", topology.Dies ?? 1),
                    ("cores", topology.Cores ?? 1),
                    ("threads", topology.Threads ?? 1)
                ),
            cpu.Features.Select(f => Element("feature", ("policy", f.Policy), ("name", f.Name)))
        );
    }

    /// <summary>
    /// On q35 every device needs a root port of its own, and libvirt makes only as many as it needs at the start: those
    /// to be plugged in later are made here, after as many as the devices of the start may take.
    /// </summary>
    private static IEnumerable<XElement> SparePorts(DomainSpec domain)
    {
        if (domain.Os?.Type?.Machine?.Contains("q35", StringComparison.Ordinal) != true)
            return [];
        DomainDevices devices = domain.Devices;
        const int usbController = 1;
        int taken = devices.Disks.Count + devices.Interfaces.Count + devices.Rngs.Count + usbController;
        return Enumerable
            .Range(1, taken + SpareInterfaces) // 0 is the root itself
            .Select(index => Element("controller", ("type", "pci"), ("index", index), ("model", "pcie-root-port")));
    }

    private static XElement DiskElement(Disk disk) =>
        new(
            "disk",
            new XAttribute("type", disk.Type!),
            new XAttribute("device", disk.Device!),
            Element("driver", ("name", disk.Driver?.Name), ("type", disk.Driver?.Type), ("cache", disk.Driver?.Cache)),
            disk.Source is null ? null : Element("source", ("file", disk.Source.File), ("dev", disk.Source.Dev)),
            Element("target", ("dev", disk.Target!.Dev), ("bus", disk.Target.Bus)),
            disk.Readonly == true ? new XElement("readonly") : null,
            Text("serial", disk.Serial),
            BootOrder(disk.Boot)
        );

    /// <summary>One interface, as it stands in the domain and as it is plugged in.</summary>
    public static XElement BuildInterface(DomainInterface nic, PreparedVnic? prepared) =>
        new(
            "interface",
            // The proposal's type becomes a libvirt network of its own; the other types are libvirt's, as they are.
            new XAttribute("type", prepared is null ? nic.Type! : InterfaceTypes.Network),
            prepared is null
                ? Element("source", ("network", nic.Source?.Network), ("bridge", nic.Source?.Bridge))
                : Element("source", ("network", prepared.Names.LibvirtNetwork)),
            prepared is null ? MacElement(nic.Mac?.Address) : MacElement(prepared.Endpoint.Mac.ToString()),
            prepared is null ? null : Element("target", ("dev", prepared.Names.Tap)),
            Element("model", ("type", nic.Model!.Type)),
            nic.Driver is null ? null : Element("driver", ("name", nic.Driver.Name), ("queues", nic.Driver.Queues)),
            Mtu(nic, prepared),
            Element("link", ("state", nic.Link!.State)),
            BootOrder(nic.Boot),
            nic.Rom is null ? null : Element("rom", ("enabled", YesNo(nic.Rom.Enabled)), ("bar", OnOff(nic.Rom.Bar))),
            nic.Alias is null ? null : Element("alias", ("name", nic.Alias.Name))
        );

    // The manifest may lower the network's MTU, never raise it: the link would drop what exceeds its own.
    private static XElement? Mtu(DomainInterface nic, PreparedVnic? prepared)
    {
        int? size = prepared is null
            ? nic.Mtu?.Size
            : Math.Min(nic.Mtu?.Size ?? int.MaxValue, prepared.Endpoint.MtuBytes);
        return size is null ? null : Element("mtu", ("size", size));
    }

    private static XElement? MacElement(string? address) =>
        address is null ? null : Element("mac", ("address", address));

    private static XElement Character(string element, string? type, DeviceTarget? target) =>
        new(
            element,
            Attribute("type", type),
            target is null ? null : Element("target", ("type", target.Type), ("port", target.Port))
        );

    private static XElement Graphics(GraphicsDevice graphics) =>
        Element(
            "graphics",
            ("type", graphics.Type),
            ("port", graphics.Port),
            ("autoport", YesNo(graphics.Autoport)),
            ("listen", graphics.Listen)
        );

    private static XElement Rng(RngDevice rng) =>
        new(
            "rng",
            Attribute("model", rng.Model),
            new XElement("backend", Attribute("model", rng.Backend?.Model), rng.Backend?.Value)
        );

    private static XElement? BootOrder(DeviceBoot? boot) =>
        boot is null ? null : Element("boot", ("order", boot.Order));

    private static string? YesNo(bool? value) => value is { } given ? (given ? "yes" : "no") : null;

    private static string? OnOff(bool? value) => value is { } given ? (given ? "on" : "off") : null;

    private static XElement? Text(string name, string? text) => text is null ? null : new XElement(name, text);

    private static XAttribute? Attribute(string name, object? value) =>
        value is null ? null : new XAttribute(name, value);

    private static XElement Element(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        XElement element = new(name);
        foreach ((string attribute, object? value) in attributes)
            element.Add(Attribute(attribute, value));
        return element;
    }
}
