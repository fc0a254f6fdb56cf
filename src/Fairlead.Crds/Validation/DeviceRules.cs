namespace Fairlead.Crds.Validation;

/// <summary>spec.domain.devices: what concerns several devices, and the small ones.</summary>
internal static class DeviceRules
{
    public static void Check(DomainDevices devices, bool osBoot, string path, Errors errors)
    {
        for (int i = 0; i < devices.Disks.Count; i++)
            DiskRules.Check(devices.Disks[i], FieldPath.Item(path + ".disks", i), errors);
        errors.Unique(
            devices.Disks.Select((disk, i) => (FieldPath.Item(path + ".disks", i) + ".target.dev", disk.Target?.Dev)),
            StringComparer.Ordinal
        );
        for (int i = 0; i < devices.Interfaces.Count; i++)
            InterfaceRules.Check(devices.Interfaces[i], FieldPath.Item(path + ".interfaces", i), errors);
        InterfaceRules.CheckTogether(devices.Interfaces, path + ".interfaces", errors);
        CheckBootOrders(devices, osBoot, path, errors);

        for (int i = 0; i < devices.Serials.Count; i++)
            Check(devices.Serials[i], FieldPath.Item(path + ".serials", i), errors);
        for (int i = 0; i < devices.Consoles.Count; i++)
            Check(devices.Consoles[i], FieldPath.Item(path + ".consoles", i), errors);
        for (int i = 0; i < devices.Graphics.Count; i++)
            Check(devices.Graphics[i], FieldPath.Item(path + ".graphics", i), errors);
        for (int i = 0; i < devices.Rngs.Count; i++)
            Check(devices.Rngs[i], FieldPath.Item(path + ".rngs", i), errors);
    }

    private static void CheckBootOrders(DomainDevices devices, bool osBoot, string path, Errors errors)
    {
        List<(string Path, DeviceBoot Boot)> boots =
        [
            .. devices.Disks.Select((disk, i) => (FieldPath.Item(path + ".disks", i) + ".boot", disk.Boot!)),
            .. devices.Interfaces.Select((vnic, i) => (FieldPath.Item(path + ".interfaces", i) + ".boot", vnic.Boot!)),
        ];
        boots.RemoveAll(boot => boot.Boot is null);
        Dictionary<int, string> seen = [];
        foreach ((string at, DeviceBoot boot) in boots)
        {
            if (boot.Order is not int order)
                errors.Add(at + ".order", Wording.Required("order: 1"));
            else if (order < 1)
                errors.Add(at + ".order", Wording.AtLeast(1));
            else if (!seen.TryAdd(order, at + ".order"))
                errors.Add(at + ".order", Wording.Taken(FormattableString.Invariant($"{order}"), seen[order]));
            // libvirt: "per-device boot elements cannot be used together with os/boot elements".
            if (osBoot)
                errors.Add(at, Wording.NotWith("spec.domain.os.boot"));
        }
    }

    private static void Check(SerialDevice serial, string path, Errors errors)
    {
        errors.Known(path + ".type", serial.Type, CharacterDevices.Known, "type of character device");
        errors.Known(path + ".target.type", serial.Target?.Type, CharacterDevices.KnownSerialTargets, "serial target");
        // A PC has four ISA serial ports.
        errors.Range(path + ".target.port", serial.Target?.Port, 0, 3);
    }

    private static void Check(ConsoleDevice console, string path, Errors errors)
    {
        errors.Known(path + ".type", console.Type, CharacterDevices.Known, "type of character device");
        errors.Known(
            path + ".target.type",
            console.Target?.Type,
            CharacterDevices.KnownConsoleTargets,
            "console target"
        );
        errors.Range(path + ".target.port", console.Target?.Port, 0, 31);
    }

    private static void Check(GraphicsDevice graphics, string path, Errors errors)
    {
        errors.Known(path + ".type", graphics.Type, GraphicsTypes.Known, "type of graphics");
        // libvirt counts VNC displays from port 5900; -1 is its word for "choose one".
        if (graphics.Port is not null and not -1)
            errors.Range(path + ".port", graphics.Port, 5900, 65535);
        errors.Matches(path + ".listen", graphics.Listen, Syntax.IsIPAddress, "an IP address");
    }

    private static void Check(RngDevice rng, string path, Errors errors)
    {
        errors.Known(path + ".model", rng.Model, RngModels.Known, "model of random number generator");
        errors.Known(path + ".backend.model", rng.Backend?.Model, RngModels.KnownBackends, "backend");
        errors.MatchesText(path + ".backend.value", rng.Backend?.Value, Syntax.IsAbsolutePath, Wording.AbsolutePath);
    }
}
