using System.Text.RegularExpressions;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Lifecycle;

/// <summary>Domains that somebody defined in libvirt by themselves, with vNICs from <c>fairlead attach</c>.</summary>
public sealed partial class DomainAttachTests(GuestEnvironment environment) : GuestTest(environment)
{
    [Fact]
    public async Task DefinedDomain_AttachedOff_ServedWhenItRuns_Repaired_AttachedAndDetachedHot_ReleasedWhenUndefined()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        await using LibvirtConnection libvirt = await Environment.ConnectToLibvirtAsync();
        Domain domain = await libvirt.DefineDomainAsync(Xml("mine"), cancellationToken: cancellationToken);

        string address = AddressIn(await Environment.FairleadAsync("attach", "mine"));
        await domain.StartAsync(cancellationToken: cancellationToken);
        await AnswersAsync(address);

        string bridge = DomainXml
            .Parse(await domain.GetXmlAsync(cancellationToken: cancellationToken))
            .Interfaces[0]
            .SourceBridge!;
        await Environment.Node.RunAsync(
            "nsenter",
            $"--net={Environment.LibvirtPodNamespace}",
            "--",
            "ip",
            "link",
            "set",
            bridge,
            "down"
        );
        await AnswersAsync(address);

        string hot = await Environment.FairleadAsync("attach", "mine", "--name", "hot", "--mac", "02:00:00:00:06:01");
        Assert.Contains("MAC 02:00:00:00:06:01", hot, StringComparison.Ordinal);
        Assert.Equal(2, await CountAsync(DomainXmlFlags.None));
        Assert.Equal(2, await CountAsync(DomainXmlFlags.Inactive));
        await Environment.FairleadAsync("detach", "mine", "hot");
        await Eventually.Async(
            async () => await CountAsync(DomainXmlFlags.None) == 1 && await CountAsync(DomainXmlFlags.Inactive) == 1,
            GuestEnvironment.Patience,
            "the hot vNIC is gone"
        );

        await domain.DestroyAsync(cancellationToken: cancellationToken);
        await domain.StartAsync(cancellationToken: cancellationToken);
        await AnswersAsync(address); // kept while the domain is defined

        await domain.DestroyAsync(cancellationToken: cancellationToken);
        await domain.UndefineAsync(cancellationToken: cancellationToken);
        await before.RestoredAsync();

        async Task<int> CountAsync(DomainXmlFlags flags) =>
            DomainXml.Parse(await domain.GetXmlAsync(flags, cancellationToken)).Interfaces.Count;
    }

    private Task AnswersAsync(string address) =>
        Eventually.SucceedsAsync(
            () => Environment.Pod.GetAsync(address, "/"),
            GuestEnvironment.Patience,
            $"the guest answers at {address}"
        );

    private static string AddressIn(string printed) => Address().Match(printed).Groups["address"].Value;

    private static string Xml(string name) =>
        $"""
            <domain type='qemu'>
              <name>{name}</name>
              <memory unit='MiB'>256</memory>
              <os>
                <type arch='x86_64' machine='q35'>hvm</type>
                <kernel>{RepositoryPaths.GuestKernel}</kernel>
                <initrd>{RepositoryPaths.GuestInitrd}</initrd>
                <cmdline>console=ttyS0 quiet tsc=reliable no_timer_check</cmdline>
              </os>
              <features><acpi/></features>
              <cpu mode='maximum'/>
              <devices>
                <controller type='pci' index='1' model='pcie-root-port'/>
                <controller type='pci' index='2' model='pcie-root-port'/>
                <controller type='pci' index='3' model='pcie-root-port'/>
                <controller type='pci' index='4' model='pcie-root-port'/>
                <serial type='pty'/>
                <memballoon model='none'/>
              </devices>
            </domain>
            """;

    [GeneratedRegex(@": (?<address>\d+\.\d+\.\d+\.\d+)/\d+, MAC", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
