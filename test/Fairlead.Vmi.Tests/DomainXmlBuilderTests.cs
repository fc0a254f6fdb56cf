using System.Xml.Linq;
using Fairlead.Crds;

namespace Fairlead.Vmi.Tests;

public sealed class DomainXmlBuilderTests
{
    private const string Head = "apiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\nmetadata: {name: web}\n";

    private const string Proposal = """
        spec:
          domain:
            devices:
              interfaces:
              - type: pod-network
                mac:
                  address: 00:11:22:33:44:55
                model:
                  type: virtio
        """;

    private const string Everything = """
        spec:
          domain:
            type: qemu
            memory: {value: 2, unit: GiB}
            vcpu: 4
            cpu:
              mode: custom
              match: exact
              check: none
              model: {value: qemu64, fallback: forbid}
              topology: {cores: 2, threads: 2}
              features: [{policy: require, name: sse4.2}]
            os:
              type: {value: hvm, arch: x86_64, machine: pc}
              kernel: /boot/vmlinuz
              initrd: /boot/initrd.img
              cmdline: console=ttyS0 quiet="<&>"
            devices:
              disks:
              - source: {file: /images/root.qcow2}
                driver: {type: qcow2, cache: none}
                serial: root-1
                boot: {order: 1}
              - device: cdrom
                source: {file: /images/seed.iso}
              - source: {dev: /dev/vg/data}
                target: {dev: sdx, bus: sata}
              - source: {file: /images/tools.raw}
                readonly: true
              interfaces:
              - name: uplink
                type: pod-network
                mac: {address: "00:11:22:33:44:55"}
                model: {type: virtio}
                driver: {name: qemu, queues: 4}
                mtu: {size: 1400}
                link: {state: down}
                boot: {order: 2}
                rom: {enabled: false}
                alias: {name: ua-uplink}
              - {type: network, source: {network: default}, model: {type: e1000e}, mtu: {size: 9000}}
              - {type: bridge, source: {bridge: br0}, mac: {address: "00:11:22:33:44:66"}}
              serials: [{type: pty}]
              consoles: [{type: pty}]
              graphics: [{type: vnc, port: 5905, listen: 0.0.0.0}]
              rngs: [{model: virtio, backend: {model: random, value: /dev/random}}]
        """;

    [Fact]
    public void DomainOfTheProposalsManifest() =>
        Golden.AssertXml(Build(Proposal, new NodeDefaults("kvm"), ("net0", Sample.Endpoint("10.88.0.4/16"))));

    [Fact]
    public void DomainWithEverythingSet() =>
        Golden.AssertXml(
            Build(
                Everything,
                new NodeDefaults("kvm", "/usr/bin/qemu-system-x86_64"),
                ("uplink", Sample.Endpoint("10.88.0.4/16"))
            )
        );

    [Theory]
    [InlineData("kvm", "host-passthrough")]
    [InlineData("qemu", "maximum")]
    public void NodesHypervisor_DecidesTypeAndCpu(string type, string cpu)
    {
        XElement domain = Build("spec: {}", new NodeDefaults(type));

        Assert.Equal(type, domain.Attribute("type")?.Value);
        Assert.Equal(cpu, domain.Element("cpu")?.Attribute("mode")?.Value);
    }

    [Fact]
    public void ManifestsType_WinsOverTheNodes()
    {
        XElement domain = Build("spec: {domain: {type: qemu}}", new NodeDefaults("kvm"));

        Assert.Equal("qemu", domain.Attribute("type")?.Value);
        Assert.Equal("maximum", domain.Element("cpu")?.Attribute("mode")?.Value);
    }

    [Theory]
    [InlineData("", "1450")]
    [InlineData(", mtu: {size: 1300}", "1300")]
    [InlineData(", mtu: {size: 9000}", "1450")]
    public void PodNetworkMtu_IsLoweredNeverRaised(string mtu, string expected)
    {
        XElement domain = Build(
            $"spec: {{domain: {{devices: {{interfaces: [{{type: pod-network{mtu}}}]}}}}}}",
            new NodeDefaults("qemu"),
            ("net0", Sample.Endpoint("10.88.0.4/16"))
        );

        Assert.Equal(expected, domain.Descendants("mtu").Single().Attribute("size")?.Value);
    }

    [Fact]
    public void EndpointsMac_IsTheVnics()
    {
        XElement domain = Build(
            "spec: {domain: {devices: {interfaces: [{type: pod-network}]}}}",
            new NodeDefaults("qemu"),
            ("net0", Sample.Endpoint("10.88.0.4/16"))
        );

        Assert.Equal(Sample.Mac.ToString(), domain.Descendants("mac").Single().Attribute("address")?.Value);
    }

    private static XElement Build(string spec, NodeDefaults node, params (string Name, VnicEndpoint Endpoint)[] vnics)
    {
        ManifestFile file = ManifestReader.Read(Head + spec, "vm.yaml");
        Assert.Empty(file.AllErrors);
        VirtualMachine vm = Assert.Single(file.Documents).VirtualMachine!.Defaulted();
        vm = vm with { Metadata = vm.Metadata with { Uid = Sample.Uid } };
        return DomainXmlBuilder.Build(
            vm,
            vnics.ToDictionary(
                v => v.Name,
                v => new PreparedVnic(new VnicNames(Sample.Uid, vm.Key, v.Name), v.Endpoint)
            ),
            node
        );
    }
}
