namespace Fairlead.Guest.Tests.Soak;

/// <summary>Manifests of a soak's machines.</summary>
internal static class SoakManifest
{
    // A machine that finds nothing to boot waits for ever and costs nothing.
    private const string Nothing = "memory: {value: 32, unit: MiB}, os: {boot: [{dev: hd}]},";

    /// <summary>A machine with one to three vNICs, which differ from those of its last manifest or not.</summary>
    /// <param name="name">The machine.</param>
    /// <param name="isRealGuest">Whether it boots the environment's own guest.</param>
    /// <param name="random">Chooses.</param>
    public static string Make(string name, bool isRealGuest, Random random)
    {
        // What a vNIC of one name is never changes but for its cable, so that all of it can be applied while it runs.
        string[] vnics =
        [
            VnicOf("a", random),
            .. random.Next(2) == 0 ? (string[])[] : [VnicOf("b, addressPolicy: Retain", random)],
            .. random.Next(2) == 0 ? (string[])[] : [VnicOf("c, antiSpoofing: false", random)],
        ];
        return $$$"""
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata: {name: {{{name}}}}
            spec:
              terminationGracePeriodSeconds: 1
              domain: { {{{(isRealGuest ? "" : Nothing)}}} devices: {interfaces: [{{{string.Join(", ", vnics)}}}]} }
            """;
    }

    private static string VnicOf(string fields, Random random) =>
        $"{{name: {fields}, rom: {{enabled: no}}, link: {{state: {(random.Next(4) == 0 ? "down" : "up")}}}}}";
}
