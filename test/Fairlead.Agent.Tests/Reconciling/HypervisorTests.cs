using Fairlead.Agent.Reconciling;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class HypervisorTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("flags\t\t: fpu vme vmx sse", true)]
    [InlineData("flags\t\t: fpu svm", true)]
    [InlineData("flags\t\t: fpu vme sse", false)]
    [InlineData("flags\t\t: fpu novmx", false)]
    [InlineData("vmx flags\t: vnmi", false)]
    [InlineData("Features\t: fp asimd", false)]
    [InlineData("", false)]
    public void DeviceThere_TheProcessorsFlagDecides(string line, bool usable)
    {
        string processor = _directory.Write("cpuinfo", $"processor\t: 0\n{line}\nbugs\t: vmx\n");

        Assert.Equal(usable, Hypervisor.IsKvmUsable(_directory.Write("kvm", ""), processor));
    }

    [Fact]
    public void NoDevice_NoKvm() =>
        Assert.False(Hypervisor.IsKvmUsable(_directory.Of("kvm"), _directory.Write("cpuinfo", "flags\t: vmx\n")));

    [Fact]
    public void ThisNode_IsOneOfTheTwo() => Assert.Matches("^(kvm|qemu)$", Hypervisor.Detect("/dev/kvm").DomainType);
}
