using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Tests.Reconciling;

/// <summary>What of a changed spec waits for a restart, and what does not.</summary>
public sealed class RestartDiffTests
{
    private const string Started =
        "{domain: {vcpu: 1, devices: {interfaces: [{name: a}, {name: b, type: network, source: {network: default}}]}}}";

    [Theory]
    [InlineData(Started)]
    [InlineData(
        "{terminationGracePeriodSeconds: 1, domain: {devices: {interfaces: [{name: a, link: {state: down}}, "
            + "{name: b, type: network, source: {network: default}}, {name: c}]}}}"
    )]
    [InlineData("{domain: {devices: {interfaces: [{name: b, type: network, source: {network: default}}]}}}")]
    public void PodNetworkVnicsCableAndFieldsOfTheMoment_AreApplied(string wanted) => Assert.Empty(Of(wanted));

    [Theory]
    [InlineData("{name: a, model: {type: e1000e}}", "vNIC a")]
    [InlineData("{name: a, mac: {address: \"02:00:00:00:00:01\"}}", "vNIC a")]
    [InlineData("{name: a, source: {network: other}}", "vNIC a")]
    public void ChangedVnic_WaitsForARestart(string vnic, string difference) =>
        Assert.Equal(
            [difference],
            Of(
                $"{{domain: {{devices: {{interfaces: [{vnic}, {{name: b, type: network, source: {{network: default}}}}]}}}}}}"
            )
        );

    [Fact]
    public void VnicOfLibvirtsOwn_GoneOrNew_WaitsForARestart() =>
        Assert.Equal(
            ["vNIC b", "vNIC c"],
            Of("{domain: {devices: {interfaces: [{name: a}, {name: c, type: bridge, source: {bridge: br0}}]}}}")
        );

    [Fact]
    public void OtherFields_AreNamedByTheirPath() =>
        Assert.Equal(
            ["domain.memory.value", "domain.memory.unit", "domain.vcpu"],
            Of(
                "{domain: {vcpu: 2, memory: {value: 1, unit: GiB}, devices: {interfaces: [{name: a}, "
                    + "{name: b, type: network, source: {network: default}}]}}}"
            )
        );

    private static IReadOnlyList<string> Of(string wanted) => RestartDiff.Of(Vm(Started), Vm(wanted));

    private static VirtualMachine Vm(string spec) => Sample.Record("web", spec).Vm.Defaulted();
}
