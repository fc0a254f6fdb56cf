using System.Text.Json;
using Fairlead.Cni.Json;

namespace Fairlead.Cni;

public sealed partial class NetworkConfigurationList
{
    /// <summary>Reads a configuration; <paramref name="folderPlugins"/> finds the plugins in the network's own folder.</summary>
    internal static NetworkConfigurationList Read(
        byte[] json,
        string? sourcePath,
        ConfigurationFormat format,
        Func<string, IReadOnlyList<PluginConfiguration>> folderPlugins
    )
    {
        using JsonText text = JsonText.Parse(json, sourcePath);
        JsonView root = text.Root.RequireObject();
        return IsSinglePlugin(root, format)
            ? ReadSinglePlugin(root, sourcePath)
            : ReadList(root, json, sourcePath, folderPlugins);
    }

    private static bool IsSinglePlugin(JsonView root, ConfigurationFormat format) =>
        format switch
        {
            ConfigurationFormat.List => false,
            ConfigurationFormat.SinglePlugin => true,
            _ => root.Member("type") is not null && root.Member("plugins") is null,
        };

    private static NetworkConfigurationList ReadSinglePlugin(JsonView root, string? sourcePath)
    {
        if (root.Member("type") is null && root.Member("plugins") is { } plugins)
            throw plugins.Error("a list of plugins belongs in a file that ends in .conflist");
        PluginConfiguration plugin = PluginConfiguration.From(root);
        Header header = Header.OfPlugin(root);
        byte[] list = new JsonMembers()
            .Set("name", header.Name)
            .Set("cniVersion", header.Version.ToString())
            .Set("plugins", JsonMembers.Array([plugin.RawBytes]))
            .ToBytes();
        return new(header, [plugin], list, sourcePath);
    }

    private static NetworkConfigurationList ReadList(
        JsonView root,
        byte[] json,
        string? sourcePath,
        Func<string, IReadOnlyList<PluginConfiguration>> folderPlugins
    )
    {
        Header header = Header.OfList(root);
        List<PluginConfiguration> plugins = ReadInlined(root, header);
        IReadOnlyList<PluginConfiguration> more = header.LoadOnlyInlined ? [] : folderPlugins(header.Name);
        plugins.AddRange(more);
        if (plugins.Count == 0 && root.Member("type") is { } type)
            throw type.Error("a single plugin belongs in a file that ends in .conf");
        if (plugins.Count == 0)
            throw root.Error("no plugin configs found: there is no 'plugins' and no folder named like the network");
        return new(header, plugins, more.Count == 0 ? json : Inline(root, plugins), sourcePath);
    }

    private static List<PluginConfiguration> ReadInlined(JsonView root, Header header)
    {
        if (root.Member("plugins") is not { } plugins)
        {
            return header.LoadOnlyInlined
                ? throw root.Error("loadOnlyInlinedPlugins is true, but there is no 'plugins'")
                : [];
        }
        List<JsonView> items = plugins.RequireArray();
        if (items.Count == 0)
            throw plugins.Error("must list at least one plugin");
        return items.ConvertAll(static item => PluginConfiguration.From(item.RequireObject()));
    }

    // What is recorded with an attachment must be enough for its DEL, whatever becomes of the folder.
    private static byte[] Inline(JsonView root, List<PluginConfiguration> plugins) =>
        JsonMembers
            .From(root)
            .Set("loadOnlyInlinedPlugins", "true"u8.ToArray())
            .Set("plugins", JsonMembers.Array(plugins.Select(static p => p.RawBytes)))
            .ToBytes();

    private sealed record Header(
        string Name,
        CniVersion Version,
        bool DisableCheck,
        bool DisableGc,
        bool LoadOnlyInlined
    )
    {
        public static Header OfPlugin(JsonView root) =>
            new(ReadName(root), ReadVersion(root), DisableCheck: false, DisableGc: false, LoadOnlyInlined: true);

        public static Header OfList(JsonView root) =>
            new(
                ReadName(root),
                ChooseVersion(root),
                ReadFlag(root, "disableCheck"),
                ReadFlag(root, "disableGC"),
                ReadFlag(root, "loadOnlyInlinedPlugins")
            );

        private static string ReadName(JsonView root)
        {
            if (root.Member("name") is not { } name)
                throw root.Missing("name", "the network's name");
            return name.RequireString() is { Length: > 0 } text ? text : throw name.Error("must not be empty");
        }

        private static CniVersion ReadVersion(JsonView root) =>
            root.Member("cniVersion") is { } version ? ToVersion(version) : CniVersion.V0_1_0;

        private static CniVersion ToVersion(JsonView view) =>
            CniVersion.TryParse(view.RequireString(), out CniVersion version)
                ? version
                : throw view.Error($"\"{view.RequireString()}\" is not a CNI version (as in \"1.0.0\")");

        private static CniVersion ChooseVersion(JsonView root)
        {
            CniVersion single = ReadVersion(root);
            List<CniVersion> offered = root.Member("cniVersions") is { } list
                ? list.RequireArray().ConvertAll(ToVersion)
                : [];
            if (offered.Count == 0)
                return single;
            if (root.Member("cniVersion") is not null)
                offered.Add(single);
            List<CniVersion> usable = offered.FindAll(static version => version <= CniVersion.Latest);
            return usable.Count == 0 ? single : usable.Max();
        }

        // Booleans that libcni also takes as text; null or a number is an error.
        private static bool ReadFlag(JsonView root, string name)
        {
            if (root.Member(name) is not { } flag)
                return false;
            if (flag.Kind is JsonValueKind.True or JsonValueKind.False)
                return flag.RequireBoolean();
            if (flag.Kind == JsonValueKind.String && bool.TryParse(flag.RequireString(), out bool value))
                return value;
            throw flag.Wrong("true, false, \"true\" or \"false\"");
        }
    }
}
