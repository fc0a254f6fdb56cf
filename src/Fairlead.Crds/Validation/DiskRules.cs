namespace Fairlead.Crds.Validation;

/// <summary>spec.domain.devices.disks.</summary>
internal static class DiskRules
{
    public static void Check(Disk disk, string path, Errors errors)
    {
        errors.Known(path + ".type", disk.Type, DiskTypes.Known, "disk type");
        errors.Known(path + ".device", disk.Device, DiskTypes.KnownDevices, "disk device");
        errors.Known(path + ".driver.name", disk.Driver?.Name, DiskTypes.KnownDrivers, "disk driver");
        errors.Known(path + ".driver.type", disk.Driver?.Type, DiskTypes.KnownFormats, "disk format");
        errors.Known(path + ".driver.cache", disk.Driver?.Cache, DiskTypes.KnownCaches, "cache mode");
        errors.Known(path + ".target.bus", disk.Target?.Bus, DiskTypes.KnownBuses, "disk bus");
        errors.Matches(path + ".target.dev", disk.Target?.Dev, Syntax.IsDiskTarget, "a disk's target, as vda or sdb");
        errors.Matches(
            path + ".serial",
            disk.Serial,
            Syntax.IsDiskSerial,
            "a serial number (letters, digits, space, _ . + -, at most 20)"
        );
        CheckSource(disk, path, errors);
        if (disk is not { Device: DiskTypes.DeviceCdrom })
        {
            // libvirt: "readonly sata disks are not supported" (an ATA disk has no such mode).
            if (disk is { Target.Bus: DiskTypes.BusSata, Readonly: true })
                errors.Add(
                    path + ".readonly",
                    "a disk on the sata bus cannot be read-only; use bus: virtio, or device: cdrom"
                );
            return;
        }

        if (disk is { Target.Bus: DiskTypes.BusVirtio })
            errors.Add(path + ".target.bus", "a cdrom cannot be on the virtio bus; wanted sata");
        if (disk.Readonly is false)
            errors.Add(path + ".readonly", "a cdrom is always read-only");
    }

    private static void CheckSource(Disk disk, string path, Errors errors)
    {
        string? file = disk.Source?.File;
        string? dev = disk.Source?.Dev;
        errors.MatchesText(path + ".source.file", file, Syntax.IsAbsolutePath, Wording.AbsolutePath);
        errors.MatchesText(
            path + ".source.dev",
            dev,
            Syntax.IsBlockDevicePath,
            "the absolute path of a block device under /dev"
        );
        if (file is not null && dev is not null)
            errors.Add(path + ".source", "wanted either file or dev, not both");
        else if (disk.Type is DiskTypes.File && dev is not null)
            errors.Add(path + ".source.dev", Wording.NotWith("type: file"));
        else if (disk.Type is DiskTypes.Block && file is not null)
            errors.Add(path + ".source.file", Wording.NotWith("type: block"));
        // An empty CD-ROM drive is a thing, an empty disk is not.
        else if (file is null && dev is null && disk.Device is not DiskTypes.DeviceCdrom)
            errors.Add(path + ".source", Wording.Required("source: {file: /var/lib/images/disk.img}"));
    }
}
