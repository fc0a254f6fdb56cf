using System.Runtime.InteropServices;
using System.Text.Json;
using Fairlead.Cni.Json;

namespace Fairlead.Cni.Execution;

/// <summary>Makes a plugin's standard input (CNI spec section 4, "deriving request configuration").</summary>
internal static class PluginRequest
{
    /// <param name="network">Gives name and version, which overwrite the plugin's own.</param>
    /// <param name="plugin">Its members go in as they were written, save <c>capabilities</c>.</param>
    /// <param name="capabilityArgs">Those that the plugin declares become <c>runtimeConfig</c>.</param>
    /// <param name="previousResult">Becomes <c>prevResult</c>, unless null.</param>
    public static byte[] Create(
        NetworkConfigurationList network,
        PluginConfiguration plugin,
        IReadOnlyDictionary<string, JsonElement>? capabilityArgs,
        CniResult? previousResult
    )
    {
        // libcni sends "capabilities" on; the specification says that it must not be there.
        JsonMembers members = Base(network, plugin).Remove("capabilities");
        if (RuntimeConfig(plugin, capabilityArgs) is { } runtimeConfig)
            members.Set("runtimeConfig", runtimeConfig);
        if (previousResult is not null)
            members.Set("prevResult", previousResult.RawBytes);
        return members.ToBytes();
    }

    /// <summary>The input of GC. Both keys: the specification's, and the one that reference plugins read (cni #1101).</summary>
    public static byte[] CreateForGarbageCollection(
        NetworkConfigurationList network,
        PluginConfiguration plugin,
        IReadOnlyCollection<CniAttachmentId> valid
    )
    {
        byte[] list = JsonMembers.Array(
            valid.Select(static id =>
                (ReadOnlyMemory<byte>)
                    new JsonMembers().Set("containerID", id.ContainerId).Set("ifname", id.InterfaceName).ToBytes()
            )
        );
        return Base(network, plugin)
            .Remove("capabilities")
            .Set("cni.dev/valid-attachments", list)
            .Set("cni.dev/attachments", list)
            .ToBytes();
    }

    private static JsonMembers Base(NetworkConfigurationList network, PluginConfiguration plugin) =>
        plugin.Members.Copy().Set("name", network.Name).Set("cniVersion", network.CniVersion.ToString());

    private static byte[]? RuntimeConfig(
        PluginConfiguration plugin,
        IReadOnlyDictionary<string, JsonElement>? capabilityArgs
    )
    {
        JsonMembers? config = null;
        foreach (string capability in plugin.Capabilities)
        {
            if (capabilityArgs is null || !capabilityArgs.TryGetValue(capability, out JsonElement argument))
                continue;
            config ??= new();
            config.Set(capability, JsonMarshal.GetRawUtf8Value(argument).ToArray());
        }
        return config?.ToBytes();
    }
}
