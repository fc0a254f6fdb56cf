using System.Collections.ObjectModel;
using System.Net.NetworkInformation;
using System.Text;
using System.Text.Json;

namespace Fairlead.Cni;

/// <summary>Names an attachment within a network (CNI spec section 3: container ID and interface name).</summary>
/// <param name="ContainerId">The container's ID: a letter or digit, then letters, digits, '_', '.', '-'.</param>
/// <param name="InterfaceName">The interface's name in the container: 1 to 15 bytes.</param>
public readonly record struct CniAttachmentId(string ContainerId, string InterfaceName);

/// <summary>The runtime's parameters of one attachment (CNI spec section 3, "attachment parameters").</summary>
public sealed record CniAttachment
{
    /// <summary>The container's ID: a letter or digit, then letters, digits, '_', '.', '-'. Unique among live containers.</summary>
    public required string ContainerId { get; init; }

    /// <summary>The interface's name in the container: 1 to 15 bytes, no slash, colon or space, not "." or "..".</summary>
    public required string InterfaceName { get; init; }

    /// <summary>
    /// A path to the network namespace, such as <c>/run/netns/web</c>. Needed for ADD and CHECK. Null or empty for a DEL
    /// after the namespace has gone: plugins then release what does not live in it.
    /// </summary>
    public string? NetnsPath { get; init; }

    /// <summary>
    /// The key-value pairs of <c>CNI_ARGS</c> in order. The variable has no escaping: a key with '=' or ';', a value with
    /// ';', and control characters are refused.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> CniArgs { get; init; } = [];

    /// <summary>
    /// The capability arguments by capability name. Each reaches, as <c>runtimeConfig</c>, only the plugins that declare
    /// that capability.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> CapabilityArgs { get; init; } =
        ReadOnlyDictionary<string, JsonElement>.Empty;

    /// <summary>Container ID and interface name.</summary>
    public CniAttachmentId Id => new(ContainerId, InterfaceName);

    /// <summary>
    /// The same attachment asking for a MAC address in both ways that plugins know: the capability <c>mac</c>, and
    /// <c>MAC</c> in CNI_ARGS with <c>IgnoreUnknown=1</c>, without which other plugins of the chain would fail on it.
    /// </summary>
    /// <param name="address">The wanted address.</param>
    public CniAttachment WithMacAddress(PhysicalAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        string text = string.Join(':', address.GetAddressBytes().Select(static b => b.ToString("x2", null)));
        Dictionary<string, JsonElement> capabilities = new(CapabilityArgs, StringComparer.Ordinal)
        {
            ["mac"] = JsonElement.Parse(Encoding.UTF8.GetBytes($"\"{text}\"")),
        };
        return this with
        {
            CniArgs =
            [
                new("IgnoreUnknown", "1"),
                .. CniArgs.Where(static arg => arg.Key is not ("IgnoreUnknown" or "MAC")),
                new("MAC", text),
            ],
            CapabilityArgs = capabilities,
        };
    }
}
