using Fairlead.Guest.Tests.Fixture;
using Fairlead.Guest.Tests.Network;

namespace Fairlead.Guest.Tests.Diagnosis;

[Collection(nameof(TwoMachines))]
public sealed class DescribeTests(GuestEnvironment environment, TwoMachines machines) : GuestTest(environment)
{
    public override async ValueTask InitializeAsync() => await machines.StartAsync();

    [Fact]
    public async Task RunningMachine_ShowsHowLongEachStepOfItsSetUpTook()
    {
        string described = await Environment.FairleadAsync("describe", "vm", machines.First.Name);

        Assert.Matches(
            @"Set-up:\s+vNIC net: \d+\.\d{3} s \(ADD \d+\.\d{3}, read .*, strip .*, firewall .*, network .*, bridge \d+\.\d{3}\)\n",
            described
        );
        Assert.Matches(@"\n\s+domain: \d+\.\d{3} s \(define \d+\.\d{3}, start \d+\.\d{3}\)\n", described);
    }
}
