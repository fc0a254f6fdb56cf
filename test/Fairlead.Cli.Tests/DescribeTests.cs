using Fairlead.Agent.V1;
using Fairlead.Cli.Tests.Fakes;
using Fairlead.Crds;

namespace Fairlead.Cli.Tests;

public class DescribeTests
{
    [Fact]
    public async Task RunningMachine_ShowsEverythingAndThePath()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.WebRetained);
        agent.Machines.Description.MergeFrom(Description());

        CliResult result = await new TestCli(agent).RunAsync("describe", "vm", "web");

        Assert.Equal(
            """
            Name:         web
            Namespace:    default
            Labels:       app=web
                          tier=front
            Annotations:  <none>
            UID:          7d2f3b7e-3a43-4c8b-9d0f-1f3a5b6c7d8e
            Created:      2026-03-04 11:56:48 UTC (3m12s ago)
            Source:       web.yaml
            Phase:        Running
            Node:         node1
            Hypervisor:   qemu
            Running:      true
            Memory:       256 MiB
            vCPUs:        1
            Machine:      q35
            Boot:         default
            Disks:        <none>
            Conditions:
              Type          Status  Reason        Age    Message
              ----          ------  ------        ---    -------
              Ready         True    GuestRunning  2m10s  the guest runs
              NetworkReady  True    Attached      2m10s  1 of 1 interfaces
            Interfaces:
              Name  MAC                Addresses          Policy  Link  Network  VMI interface
              ----  ---                ---------          ------  ----  -------  -------------
              net0  00:11:22:33:44:55  10.88.0.4,fd00::4  Retain  up    podnet   vmi3f2a9c10b1
            Paths:
              network               VMI interface     bridge                        tap               vNIC
              podnet ---------- --- vmi3f2a9c10b1 --- flb3f2a9c10b1 ----------- --- flt3f2a9c10b1 --- net0
              gateway 10.88.0.1     MTU 1450          libvirt network fl-3f2a9c                       00:11:22:33:44:55
                                                                                                      10.88.0.4/16
                                                                                                      fd00::4/64
            Set-up:       vNIC net0: 0.350 s (ADD 0.100, network 0.250)
                          domain: 1.204 s (define 0.004, start 1.200)
            Events:
              Type     Reason    Age       Message
              ----     ------    ---       -------
              Normal   Attached  3m10s     net0 has 10.88.0.4/16 on podnet
              Warning  Crashed   20s (x3)  the guest crashed

            """,
            result.Out
        );
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task NewMachine_ShowsWhatIsKnown()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(WithDisks());

        CliResult result = await new TestCli(agent).RunAsync("describe", "vm/db");

        Assert.Contains("Phase:        Pending\n", result.Out);
        Assert.Contains("Running:      false\n", result.Out);
        Assert.Contains("Memory:       1 GiB\n", result.Out);
        Assert.Contains(
            """
            Boot:         kernel /boot/vmlinuz
                          initrd /boot/initrd.img
                          cmdline console=ttyS0
            Disks:        vda: /srv/db.qcow2 (qcow2, virtio)
                          sda: /srv/tools.iso (raw, sata, read-only)
            Conditions:   <none>
            Interfaces:   <none>
            Paths:        <none>
            Events:       <none>

            """,
            result.Out
        );
    }

    [Fact]
    public async Task HalfMadePath_ShowsTheHole()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Db);
        agent.Machines.Description.Paths.Add(
            new VnicPath
            {
                Vnic = "net0",
                Network = "podnet",
                VmiInterface = "vmi1",
            }
        );

        CliResult result = await new TestCli(agent).RunAsync("describe", "vm", "db");

        Assert.Contains("\n  podnet  --- vmi1 -------- --- ? ---- --- ? - --- net0\n", result.Out);
    }

    [Fact]
    public async Task UnknownName_IsToldAndTheOthersAreShown()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Db);

        CliResult result = await new TestCli(agent).RunAsync("describe", "vm", "nobody", "db");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("Name:         db\n", result.Out);
        Assert.StartsWith(
            "error: virtualmachines.fairlead.dev \"nobody\" not found in namespace default",
            result.Error
        );
    }

    [Fact]
    public async Task KindAlone_ShowsAllOfTheNamespace()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Db, Machines.Web, Machines.InShop);

        CliResult result = await new TestCli(agent).RunAsync("describe", "vm");

        Assert.Equal(2, result.Out.Split("Name:         ").Length - 1);
        Assert.Contains("\n\n\nName:         web\n", result.Out);
    }

    private static DescribeResponse Description() =>
        new()
        {
            Source = "web.yaml",
            Paths =
            {
                new VnicPath
                {
                    Vnic = "net0",
                    Network = "podnet",
                    VmiInterface = "vmi3f2a9c10b1",
                    Bridge = "flb3f2a9c10b1",
                    LibvirtNetwork = "fl-3f2a9c",
                    Tap = "flt3f2a9c10b1",
                    Mac = "00:11:22:33:44:55",
                    Addresses = { "10.88.0.4/16", "fd00::4/64" },
                    Gateway = "10.88.0.1",
                    Mtu = 1450,
                    SetUp = { Step("ADD", 0.1), Step("network", 0.25) },
                },
            },
            Start = { Step("define", 0.004), Step("start", 1.2) },
            Events =
            {
                Event(-190, "Normal", "Attached", "net0 has 10.88.0.4/16 on podnet", 1),
                Event(-20, "Warning", "Crashed", "the guest\ncrashed", 3),
            },
        };

    private static StepDuration Step(string step, double seconds) => new() { Step = step, Seconds = seconds };

    private static Event Event(int seconds, string type, string reason, string message, int count) =>
        new()
        {
            Time = Machines.Now.AddSeconds(seconds).ToUnixTimeSeconds(),
            Type = type,
            Reason = reason,
            Message = message,
            Count = count,
        };

    private static VirtualMachine WithDisks() =>
        Machines.Db with
        {
            Spec = new VirtualMachineSpec
            {
                Running = false,
                Domain = new DomainSpec
                {
                    Memory = new DomainMemory { Value = 1, Unit = "GiB" },
                    Os = new DomainOs
                    {
                        Kernel = "/boot/vmlinuz",
                        Initrd = "/boot/initrd.img",
                        Cmdline = "console=ttyS0",
                    },
                    Devices = new DomainDevices
                    {
                        Disks =
                        [
                            new Disk
                            {
                                Source = new DiskSource { File = "/srv/db.qcow2" },
                                Driver = new DiskDriver { Type = "qcow2" },
                            },
                            new Disk
                            {
                                Source = new DiskSource { File = "/srv/tools.iso" },
                                Device = "cdrom",
                            },
                        ],
                    },
                },
            },
        };
}
