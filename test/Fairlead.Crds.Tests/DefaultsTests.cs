namespace Fairlead.Crds.Tests;

public sealed class DefaultsTests
{
    [Fact]
    public void SilentManifest_GetsASmallMachineWithAConsole()
    {
        DomainSpec domain = Manifests.ReadOne(Manifests.Named("a")).Defaulted().Spec.Domain;

        Assert.Equal(256L << 20, domain.Memory!.Bytes);
        Assert.Equal(1, domain.Vcpu);
        Assert.Equal(
            new OsType
            {
                Value = "hvm",
                Arch = "x86_64",
                Machine = "q35",
            },
            domain.Os!.Type
        );
        Assert.Null(domain.Type);
        Assert.Null(domain.Cpu);
        Assert.Equal(
            new SerialDevice
            {
                Type = "pty",
                Target = new DeviceTarget { Port = 0 },
            },
            Assert.Single(domain.Devices.Serials)
        );
        Assert.Equal(
            new ConsoleDevice
            {
                Type = "pty",
                Target = new DeviceTarget { Type = "serial", Port = 0 },
            },
            Assert.Single(domain.Devices.Consoles)
        );
        Assert.Equal(
            new RngDevice
            {
                Model = "virtio",
                Backend = new RngBackend { Model = "random", Value = "/dev/urandom" },
            },
            Assert.Single(domain.Devices.Rngs)
        );
    }

    [Fact]
    public void Interfaces_AreNamedByTheirIndex()
    {
        IReadOnlyList<DomainInterface> vnics = Effective(
            "interfaces: [{}, {name: front}, {type: bridge, source: {bridge: b}}]"
        ).Interfaces;

        Assert.Equal(["net0", "front", "net2"], vnics.Select(vnic => vnic.Name));
        Assert.Equal(["pod-network", "pod-network", "bridge"], vnics.Select(vnic => vnic.Type));
        Assert.All(vnics, vnic => Assert.Equal("virtio", vnic.Model!.Type));
    }

    [Fact]
    public void Disks_GetFreeTargetsByTheirBus()
    {
        IReadOnlyList<Disk> disks = Effective(
            "disks: [{source: {file: /a}}, {source: {dev: /dev/b}, target: {dev: vda}}, {device: cdrom},"
                + " {source: {file: /c}, target: {bus: sata}}]"
        ).Disks;

        Assert.Equal(["vdb", "vda", "sda", "sdb"], disks.Select(disk => disk.Target!.Dev));
        Assert.Equal(["virtio", "virtio", "sata", "sata"], disks.Select(disk => disk.Target!.Bus));
        Assert.Equal(["file", "block", "file", "file"], disks.Select(disk => disk.Type));
        Assert.Equal([false, false, true, false], disks.Select(disk => disk.Readonly));
    }

    [Fact]
    public void MoreThanTwentySixDisks_GoOnWithTwoLetters()
    {
        IReadOnlyList<Disk> disks = Effective(
            $"disks: [{string.Join(", ", Enumerable.Repeat("{source: {file: /a}}", 28))}]"
        ).Disks;

        Assert.Equal(["vdz", "vdaa", "vdab"], disks.Skip(25).Select(disk => disk.Target!.Dev));
    }

    [Fact]
    public void Topology_GivesTheNumberOfVcpus() =>
        Assert.Equal(
            6,
            Manifests
                .ReadOne(Manifests.Named("a") + "spec: {domain: {cpu: {topology: {sockets: 2, cores: 3}}}}\n")
                .Defaulted()
                .Spec.Domain.Vcpu
        );

    [Fact]
    public void AppliedTwice_ChangesNothing()
    {
        foreach (string file in Corpus.Good)
        {
            foreach (ManifestDocument document in ManifestReader.ReadFile(Corpus.PathOf(file)).Documents)
            {
                VirtualMachine once = document.VirtualMachine!.Defaulted();
                Manifests.AssertSame(once, once.Defaulted());
            }
        }
    }

    private static DomainDevices Effective(string devices) =>
        Manifests
            .ReadOne(Manifests.Named("a") + $"spec: {{domain: {{devices: {{{devices}}}}}}}\n")
            .Defaulted()
            .Spec.Domain.Devices;
}
