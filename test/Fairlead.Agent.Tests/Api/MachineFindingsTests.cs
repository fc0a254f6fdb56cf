using Fairlead.Agent.Api;
using Fairlead.Agent.Reconciling;
using Fairlead.Vmi.Diagnosis;

namespace Fairlead.Agent.Tests.Api;

public sealed class MachineFindingsTests
{
    // The proposal's own manifest names no interface.
    private const string Unnamed = "{domain: {devices: {interfaces: [{type: pod-network}]}}}";

    private static VmRecord Running => Sample.Record("demo", Unnamed) with { Run = RunState.Started };

    [Fact]
    public void InterfaceWithoutAName_HasItsAttachmentUnderTheDefaultName() =>
        Assert.Empty(MachineFindings.OfMissingVnics(Running, ["net0"]));

    [Fact]
    public void AttachmentThatIsMissing_IsNamedByItsVnic()
    {
        Finding finding = Assert.Single(MachineFindings.OfMissingVnics(Running, []));

        Assert.Contains("net0", finding.Seen, StringComparison.Ordinal);
    }
}
