using Fairlead.Crds;
using Fairlead.Crds.Validation;

namespace Fairlead.Generate;

// spec.domain.devices.
internal static partial class SpecRules
{
    private const string ObjectOfDevice = "spec.domain.devices";

    private static IEnumerable<(string, CelRule)> DiskRules()
    {
        const string Disk = Disks + "[]";
        yield return Known(Disk + ".type", DiskTypes.Known, "disk type");
        yield return Known(Disk + ".device", DiskTypes.KnownDevices, "disk device");
        yield return Known(Disk + ".driver.name", DiskTypes.KnownDrivers, "disk driver");
        yield return Known(Disk + ".driver.type", DiskTypes.KnownFormats, "disk format");
        yield return Known(Disk + ".driver.cache", DiskTypes.KnownCaches, "cache mode");
        yield return Known(Disk + ".target.bus", DiskTypes.KnownBuses, "disk bus");
        yield return Matches(Disk + ".target.dev", "^(vd|sd|hd)[a-z]{1,2}$", "a disk's target, as vda or sdb");
        yield return Matches(
            Disk + ".serial",
            "^[A-Za-z0-9_ .+-]{1,20}$",
            "a serial number (letters, digits, space, _ . + -, at most 20)"
        );
        foreach ((string, CelRule) rule in AbsolutePath(Disk + ".source.file"))
            yield return rule;
        foreach (
            (string, CelRule) rule in MatchesText(
                Disk + ".source.dev",
                "self.startsWith('/dev/') && size(self) < 4096",
                "the absolute path of a block device under /dev"
            )
        )
            yield return rule;
        yield return (
            Disk + ".source",
            new CelRule("!has(self.file) || !has(self.dev)", "wanted either file or dev, not both")
        );
        yield return (
            Disk,
            new CelRule(
                "!has(self.type) || self.type != 'file' || !has(self.source) || !has(self.source.dev) || has(self.source.file)",
                Wording.NotWith("type: file")
            )
            {
                FieldPath = ".source.dev",
            }
        );
        yield return (
            Disk,
            new CelRule(
                "!has(self.type) || self.type != 'block' || !has(self.source) || !has(self.source.file) || has(self.source.dev)",
                Wording.NotWith("type: block")
            )
            {
                FieldPath = ".source.file",
            }
        );
        yield return (
            Disk,
            new CelRule(
                "has(self.source) && (has(self.source.file) || has(self.source.dev)) || has(self.device) && self.device == 'cdrom'",
                Wording.Required("source: {file: /var/lib/images/disk.img}")
            )
        );
        yield return (
            Disk,
            new CelRule(
                "!has(self.device) || self.device != 'cdrom' || !has(self.target) || !has(self.target.bus) || self.target.bus != 'virtio'",
                "a cdrom cannot be on the virtio bus; wanted sata"
            )
            {
                FieldPath = ".target.bus",
            }
        );
        yield return (
            Disk,
            new CelRule(
                "!has(self.device) || self.device != 'cdrom' || !has(self.readonly) || self.readonly",
                "a cdrom is always read-only"
            )
            {
                FieldPath = ".readonly",
            }
        );
        yield return (
            Disk,
            new CelRule(
                "has(self.device) && self.device == 'cdrom' || !has(self.target) || !has(self.target.bus) || self.target.bus != 'sata' || !has(self.readonly) || !self.readonly",
                "a disk on the sata bus cannot be read-only; use bus: virtio, or device: cdrom"
            )
            {
                FieldPath = ".readonly",
            }
        );
        yield return Unique(Disks, "has(I.target) && has(I.target.dev)", "I.target.dev", "a target.dev");
    }

    private static IEnumerable<(string, CelRule)> InterfaceRules()
    {
        const string Vnic = Interfaces + "[]";
        yield return Matches(Vnic + ".name", "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", Wording.DnsLabel);
        yield return Known(Vnic + ".type", InterfaceTypes.Known, "interface type");
        foreach ((string, CelRule) rule in SourceRules(Vnic))
            yield return rule;
        const string Mac = Vnic + ".mac.address";
        const string IsMac = "self.matches('^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$')";
        yield return (Mac, new CelRule(IsMac, Wording.IsNot(CelRule.Self, Wording.MacAddress)));
        yield return (
            Mac,
            new CelRule($"!{IsMac} || self.matches('^[0-9A-Fa-f][02468ACEace]')", Wording.Multicast(CelRule.Self))
        );
        yield return (Mac, new CelRule("self != '00:00:00:00:00:00'", Wording.AllZero(CelRule.Self)));
        yield return Required(Vnic + ".ip", "address", "address: 10.88.0.9");
        yield return (
            Vnic + ".ip.address",
            new CelRule("isIP(self) && !self.contains(':')", Wording.IsNot(CelRule.Self, "an IPv4 address"))
        );
        yield return Range(Vnic + ".ip.prefix", 1, 32);
        yield return Known(Vnic + ".addressPolicy", AddressPolicies.Known, "address policy");
        yield return Known(Vnic + ".model.type", InterfaceModels.Known, "interface model");
        yield return Known(Vnic + ".driver.name", InterfaceModels.KnownDrivers, "interface driver");
        yield return Range(Vnic + ".driver.queues", 1, 256);
        yield return (
            Vnic,
            new CelRule(
                "!has(self.driver) || !has(self.driver.name) && !has(self.driver.queues) || !has(self.model) || !has(self.model.type) || self.model.type == 'virtio'",
                ""
            )
            {
                Expression =
                    CelRule.Literal(Wording.NotWith("model: {type: "))
                    + " + self.model.type + '}; only virtio has one'",
                FieldPath = ".driver",
            }
        );
        foreach (string field in new[] { "antiSpoofing", "ip", "addressPolicy" })
        {
            foreach (string type in new[] { InterfaceTypes.Network, InterfaceTypes.Bridge })
                yield return (
                    Vnic,
                    new CelRule(
                        $"!has(self.{field}) || !has(self.type) || self.type != '{type}'",
                        Wording.OnlyForPodNetwork(type)
                    )
                    {
                        FieldPath = "." + field,
                    }
                );
        }

        yield return Required(Vnic + ".mtu", "size", "size: 1500", isText: false);
        yield return Range(Vnic + ".mtu.size", 68, 65535);
        yield return Known(Vnic + ".link.state", InterfaceModels.KnownLinkStates, "link state");
        yield return Required(Vnic + ".alias", "name", "name: ua-uplink");
        yield return Matches(Vnic + ".alias.name", "^(ua-[A-Za-z0-9_-]{1,60})?$", "an alias of the user's (ua-NAME)");
        yield return Unique(Interfaces, "has(I.name)", "I.name", "a name");
        yield return Unique(
            Interfaces,
            "has(I.mac) && has(I.mac.address)",
            "I.mac.address.lowerAscii()",
            "a mac.address"
        );
        // Two networks may have the same subnet.
        yield return Unique(
            Interfaces,
            "has(I.ip) && has(I.ip.address)",
            "I.ip.address + (has(I.source) && has(I.source.network) ? ' ' + I.source.network : '')",
            "an ip.address"
        );
        yield return Unique(Interfaces, "has(I.alias) && has(I.alias.name)", "I.alias.name", "an alias.name");
    }

    private static IEnumerable<(string, CelRule)> SourceRules(string vnic)
    {
        const string Type = "(has(self.type) ? self.type : 'pod-network')";
        const string Network = "has(self.source) && has(self.source.network)";
        const string Bridge = "has(self.source) && has(self.source.bridge)";
        yield return Source(
            "network",
            $"{Type} != 'network' || !({Network}) || self.source.network.matches('^[A-Za-z0-9_.][A-Za-z0-9_.+-]{{0,63}}$')",
            "the name of a libvirt network"
        );
        yield return Source(
            "network",
            $"{Type} != 'pod-network' || !({Network}) || self.source.network.matches('^([a-z0-9]([a-z0-9-]{{0,61}}[a-z0-9])?/)?[A-Za-z0-9][A-Za-z0-9_.-]{{0,252}}$')",
            "a CNI network ([NAMESPACE/]NAME)"
        );
        yield return Source(
            "bridge",
            $"{Type} != 'bridge' || !({Bridge}) || self.source.bridge != '.' && self.source.bridge != '..' && self.source.bridge.matches('^[!-.0-9;-~]{{1,15}}$')",
            "the name of a link (at most 15 bytes)"
        );
        yield return (
            vnic,
            new CelRule($"{Type} != 'bridge' || !({Network})", Wording.NotWith("type: bridge"))
            {
                FieldPath = ".source.network",
            }
        );
        foreach (string type in new[] { InterfaceTypes.PodNetwork, InterfaceTypes.Network })
            yield return (
                vnic,
                new CelRule($"{Type} != '{type}' || !({Bridge})", Wording.NotWith("type: " + type))
                {
                    FieldPath = ".source.bridge",
                }
            );
        yield return (
            vnic,
            new CelRule($"{Type} != 'network' || {Network}", Wording.Required("source: {network: default}"))
        );
        yield return (vnic, new CelRule($"{Type} != 'bridge' || {Bridge}", Wording.Required("source: {bridge: br0}")));

        (string, CelRule) Source(string field, string rule, string what) =>
            (
                vnic,
                new CelRule(rule, Wording.IsNot(CelRule.Self, what))
                {
                    FieldPath = ".source." + field,
                    Value = "self.source." + field,
                }
            );
    }

    private static IEnumerable<(string, CelRule)> Small()
    {
        foreach (string list in new[] { Disks, Interfaces })
        {
            yield return Required(list + "[].boot", "order", "order: 1", isText: false);
            yield return (list + "[].boot.order", new CelRule("self >= 1", Wording.AtLeast(1)));
            yield return Unique(list, "has(I.boot) && has(I.boot.order)", "I.boot.order", "a boot.order");
            string name = list[(list.LastIndexOf('.') + 1)..];
            yield return (
                "spec.domain",
                new CelRule(
                    $"!has(self.os) || !has(self.os.boot) || size(self.os.boot) == 0 || !has(self.devices) || !has(self.devices.{name}) || !self.devices.{name}.exists(d, has(d.boot))",
                    $"boot: {Wording.NotWith("spec.domain.os.boot")}"
                )
                {
                    FieldPath = ".devices." + name,
                }
            );
        }

        yield return (
            ObjectOfDevice,
            new CelRule(
                "!has(self.disks) || !has(self.interfaces) || self.disks.all(d, !has(d.boot) || !has(d.boot.order) || !self.interfaces.exists(n, has(n.boot) && has(n.boot.order) && n.boot.order == d.boot.order))",
                "a boot.order of an interface is taken by a disk already"
            )
        );
        yield return Known(ObjectOfDevice + ".serials[].type", CharacterDevices.Known, "type of character device");
        yield return Known(
            ObjectOfDevice + ".serials[].target.type",
            CharacterDevices.KnownSerialTargets,
            "serial target"
        );
        yield return Range(ObjectOfDevice + ".serials[].target.port", 0, 3);
        yield return Known(ObjectOfDevice + ".consoles[].type", CharacterDevices.Known, "type of character device");
        yield return Known(
            ObjectOfDevice + ".consoles[].target.type",
            CharacterDevices.KnownConsoleTargets,
            "console target"
        );
        yield return Range(ObjectOfDevice + ".consoles[].target.port", 0, 31);
        yield return Known(ObjectOfDevice + ".graphics[].type", GraphicsTypes.Known, "type of graphics");
        yield return (
            ObjectOfDevice + ".graphics[].port",
            new CelRule("self == -1 || self >= 5900 && self <= 65535", Wording.Between(5900, 65535))
        );
        yield return (
            ObjectOfDevice + ".graphics[].listen",
            new CelRule("isIP(self)", Wording.IsNot(CelRule.Self, "an IP address"))
        );
        yield return Known(ObjectOfDevice + ".rngs[].model", RngModels.Known, "model of random number generator");
        yield return Known(ObjectOfDevice + ".rngs[].backend.model", RngModels.KnownBackends, "backend");
        foreach ((string, CelRule) rule in AbsolutePath(ObjectOfDevice + ".rngs[].backend.value"))
            yield return rule;
    }

    /// <summary>Each value once. CEL knows no index, so it cannot say where the other one is.</summary>
    private static (string, CelRule) Unique(string list, string has, string value, string what)
    {
        string In(string expression, string item) => expression.Replace("I.", item + ".", StringComparison.Ordinal);
        return (
            list,
            new CelRule(
                $"self.all(a, !({In(has, "a")}) || self.exists_one(b, {In(has, "b")} && {In(value, "b")} == {In(value, "a")}))",
                what + " is taken by another one already"
            )
        );
    }
}
