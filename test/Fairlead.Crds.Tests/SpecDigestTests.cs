namespace Fairlead.Crds.Tests;

public sealed class SpecDigestTests
{
    [Fact]
    public void LayoutOrderAndStatus_DoNotMatter()
    {
        string a = Digest(Manifests.Named("a") + "  labels: {x: '1', y: '2'}\nspec:\n  running: true\n");
        string b = Digest("# comment\n" + Manifests.Named("a") + "  labels: {y: 2, x: 1}\nstatus: {phase: Running}\n");

        Assert.Equal(a, b);
        Assert.Equal(64, a.Length);
    }

    [Theory]
    [InlineData("spec: {running: false}\n")]
    [InlineData("  labels: {x: y}\n")]
    [InlineData("  annotations: {x: y}\n")]
    [InlineData("spec: {domain: {devices: {interfaces: [{}]}}}\n")]
    public void WhatTheUserWants_Matters(string more) =>
        Assert.NotEqual(Digest(Manifests.Named("a")), Digest(Manifests.Named("a") + more));

    private static string Digest(string text) => SpecDigest.Of(Manifests.ReadOne(text));
}
