using System.Security.Cryptography;
using System.Text;

namespace Fairlead.CniProxy.Verbs;

/// <summary>Names that the proxy makes for an attachment.</summary>
internal static class AttachmentKeys
{
    private const int LongestKey = 128;

    public static bool IsValid(string key) =>
        key.Length is > 0 and <= LongestKey
        && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-');

    /// <summary>
    /// The CNI container ID: one of its own for every attachment. With the sandbox's, a plugin that books by container
    /// ID alone (Calico) would release the pod's own address along with ours.
    /// </summary>
    public static string ContainerId(string sandboxId, string key) =>
        "fairlead-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{sandboxId}\n{key}")))[..32];
}
