namespace Fairlead.Crds.Tests;

// Most rules are tested by the corpus; here is what a file cannot show.
public sealed class ValidatorTests
{
    [Fact]
    public void ShortMac_IsNamedAsTheIssueWantsIt()
    {
        VirtualMachine vm = With(
            new DomainInterface(),
            new DomainInterface { Mac = new InterfaceMac { Address = "00:11:22:33:44" } }
        );

        Assert.Equal(
            "spec.domain.devices.interfaces[1].mac.address: \"00:11:22:33:44\" is not a MAC address (six octets)",
            Assert.Single(VirtualMachineValidator.Validate(vm)).ToString()
        );
    }

    [Fact]
    public void NewObject_LacksOnlyItsName() =>
        Assert.Equal(
            "metadata.name: required, as in name: web",
            Assert.Single(VirtualMachineValidator.Validate(new VirtualMachine())).ToString()
        );

    [Fact]
    public void DefaultedObject_IsValidAgain()
    {
        foreach (string file in Corpus.Good)
        {
            foreach (ManifestDocument document in ManifestReader.ReadFile(Corpus.PathOf(file)).Documents)
                Assert.Empty(VirtualMachineValidator.Validate(document.VirtualMachine!.Defaulted()));
        }
    }

    public static TheoryData<string> HostileTexts =>
        [new string('a', 4000), "a\nb", "a\"b\n", "\u0000", "a\rdhcp-script=/x"];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void HostileText_IsRefusedInEveryFactThatAGuestIsTold(string hostile)
    {
        VirtualMachine vm = With(
            new DomainInterface
            {
                DhcpOptions = new DhcpOptions
                {
                    BootFileName = hostile,
                    TftpServerName = hostile,
                    NtpServers = [hostile],
                    PrivateOptions = [new DhcpPrivateOption { Option = 240, Value = hostile }],
                },
                Mac = new InterfaceMac { Address = hostile },
                Ip = new InterfaceIp { Address = hostile },
                AddressPolicy = hostile,
                Source = new InterfaceSource { Network = hostile },
                Name = hostile,
            }
        );
        vm.Spec.Hostname = hostile;
        vm.Spec.DnsConfig = new DnsConfig { Nameservers = [hostile], Searches = [hostile] };

        IReadOnlyList<ValidationError> errors = VirtualMachineValidator.Validate(vm);

        const string nic = "spec.domain.devices.interfaces[0]";
        Assert.Equal(
            [
                "spec.dnsConfig.nameservers[0]",
                "spec.dnsConfig.searches[0]",
                $"{nic}.addressPolicy",
                $"{nic}.dhcpOptions.bootFileName",
                $"{nic}.dhcpOptions.ntpServers[0]",
                $"{nic}.dhcpOptions.privateOptions[0].value",
                $"{nic}.dhcpOptions.tftpServerName",
                $"{nic}.ip.address",
                $"{nic}.mac.address",
                $"{nic}.name",
                $"{nic}.source.network",
                "spec.hostname",
            ],
            errors.Select(e => e.Path).Order(StringComparer.Ordinal)
        );
        // What is said of it fits a terminal and breaks no line.
        Assert.All(
            errors,
            e => Assert.True(e.ToString().Length < 500 && !e.ToString().Contains('\n', StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("a\u0000")]
    [InlineData("a\nb")]
    [InlineData("a\uffff")]
    public void CommandLineThatXmlCannotCarry_IsRefused(string cmdline) => AssertCommandLineRefused(cmdline);

    [Fact]
    public void HalfOfASurrogatePair_IsRefused() => AssertCommandLineRefused("a" + (char)0xd800);

    private static void AssertCommandLineRefused(string cmdline)
    {
        VirtualMachine vm = With();
        vm.Spec.Domain.Os = new DomainOs { Kernel = "/k", Cmdline = cmdline };

        Assert.EndsWith(
            "contains control characters",
            Assert.Single(VirtualMachineValidator.Validate(vm)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AnnotationsBeyondKubernetesLimit_AreRefused()
    {
        VirtualMachine vm = With();
        vm.Metadata.Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["a"] = new string('ä', 131_072),
        };

        Assert.Equal(
            "metadata.annotations: have more than 256 KiB in all",
            Assert.Single(VirtualMachineValidator.Validate(vm)).ToString()
        );
    }

    [Theory]
    [InlineData("b", 1_048_575, false)]
    [InlineData("b", 1_048_576, true)]
    [InlineData("KB", 1_049, true)]
    [InlineData(null, 1_023, false)]
    [InlineData(null, 1_024, true)]
    [InlineData("TiB", 8_388_607, true)]
    [InlineData("TiB", 8_388_608, false)]
    public void Memory_IsAtLeastOneMebibyteAndFits(string? unit, long value, bool valid)
    {
        VirtualMachine vm = With();
        vm.Spec.Domain.Memory = new DomainMemory { Value = value, Unit = unit };

        Assert.Equal(valid, VirtualMachineValidator.Validate(vm).Count == 0);
    }

    private static VirtualMachine With(params DomainInterface[] vnics) =>
        new()
        {
            Metadata = new ObjectMeta { Name = "web" },
            Spec = new VirtualMachineSpec
            {
                Domain = new DomainSpec { Devices = new DomainDevices { Interfaces = vnics } },
            },
        };
}
