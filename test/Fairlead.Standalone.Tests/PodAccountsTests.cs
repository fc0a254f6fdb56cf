namespace Fairlead.Standalone.Tests;

public sealed class PodAccountsTests
{
    private const string Entry = "libvirt-qemu:x:64055:";

    [Theory]
    [InlineData("root:x:0:\n", "root:x:0:\nlibvirt-qemu:x:64055:\n")]
    [InlineData("root:x:0:", "root:x:0:\nlibvirt-qemu:x:64055:\n")]
    [InlineData("", "libvirt-qemu:x:64055:\n")]
    [InlineData("my-libvirt-qemu:x:7:\n", "my-libvirt-qemu:x:7:\nlibvirt-qemu:x:64055:\n")]
    public void MissingAccount_IsAddedAtTheEnd(string host, string pod) =>
        Assert.Equal(pod, PodAccounts.WithAccount(host, Entry));

    [Theory]
    [InlineData("libvirt-qemu:x:111:\n")]
    [InlineData("root:x:0:\nlibvirt-qemu:x:111:\nkvm:x:5:\n")]
    public void AccountOfTheHost_IsLeftAsItIs(string host) => Assert.Null(PodAccounts.WithAccount(host, Entry));
}
