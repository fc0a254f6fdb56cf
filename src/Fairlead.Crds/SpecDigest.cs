using System.Security.Cryptography;
using System.Text.Json;

namespace Fairlead.Crds;

/// <summary>
/// A fingerprint of what the user wants: labels, annotations and spec, whatever the manifest's layout. The same digest
/// means that nothing has to be done.
/// </summary>
public static class SpecDigest
{
    /// <summary>SHA-256 in 64 lower-case hexadecimal digits.</summary>
    public static string Of(VirtualMachine vm)
    {
        Digested digested = new(Sorted(vm.Metadata.Labels), Sorted(vm.Metadata.Annotations), vm.Spec);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(digested, CrdsJson.TypeOf<Digested>(CrdsJson.Compact));
        return Convert.ToHexStringLower(SHA256.HashData(json));
    }

    internal static IReadOnlyDictionary<string, string> Sorted(IReadOnlyDictionary<string, string> map) =>
        new SortedDictionary<string, string>(map.ToDictionary(), StringComparer.Ordinal);
}

internal sealed record Digested(
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    VirtualMachineSpec Spec
);
