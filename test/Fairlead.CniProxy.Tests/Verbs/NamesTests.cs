using Fairlead.CniProxy.Verbs;

namespace Fairlead.CniProxy.Tests.Verbs;

public sealed class NamesTests
{
    public static TheoryData<string> BadKeys { get; } =
        new("", new string('a', 129), "a b", "a\nb", "a;b", "a=b", "ä", "a\0", "../etc/$x");

    public static TheoryData<string> BadInterfaceNames { get; } =
        new("", "a234567890123456", "0vmi", "-vmi", ".", "..", "vmi/0", "vmi 0", "vmi:0", "vmi\n", "vmiä", "vmi;K8S=1");

    [Theory]
    [InlineData("a")]
    [InlineData("6a1f2e7c-55b0-4c49-9d5e-0f6f0f9d0001/net0")]
    [InlineData("A.b_c/d-9")]
    public void Key_OfPlainCharacters_IsValid(string key) => Assert.True(AttachmentKeys.IsValid(key));

    [Fact]
    public void Key_MayHave128Characters() => Assert.True(AttachmentKeys.IsValid(new string('a', 128)));

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void Key_OfAnythingElse_IsNot(string key) => Assert.False(AttachmentKeys.IsValid(key));

    [Theory]
    [InlineData("v")]
    [InlineData("vmi81404695ba0")]
    [InlineData("a23456789012345")]
    [InlineData("Net_0.5-x")]
    public void InterfaceName_OfPlainCharacters_IsValid(string name) => Assert.True(InterfaceNames.IsValid(name));

    [Theory]
    [MemberData(nameof(BadInterfaceNames))]
    public void InterfaceName_OfAnythingElse_IsNot(string name) => Assert.False(InterfaceNames.IsValid(name));

    // CNI: alphanumeric first, then alphanumerics, '_', '.', '-'. Some plugins put it into names of 64 characters.
    [Fact]
    public void ContainerId_IsStableAndOfSandboxAndKey()
    {
        string id = AttachmentKeys.ContainerId("sandbox-1", "uid/net0");

        Assert.Equal("fairlead-3a0995d3698618caac5fc5b078f438bb", id);
        Assert.Matches("^[a-z0-9][a-z0-9_.-]{0,62}$", id);
        Assert.NotEqual(id, AttachmentKeys.ContainerId("sandbox-2", "uid/net0"));
        Assert.NotEqual(id, AttachmentKeys.ContainerId("sandbox-1", "uid/net1"));
        Assert.NotEqual(AttachmentKeys.ContainerId("a", "b/c"), AttachmentKeys.ContainerId("a\nb", "c"));
    }
}
