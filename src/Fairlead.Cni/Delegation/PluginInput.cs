using Fairlead.Cni.Json;

namespace Fairlead.Cni.Delegation;

/// <summary>Reads what a runtime hands to a plugin; faults are CniPluginException with the specification's codes.</summary>
internal static class PluginInput
{
    private static readonly Dictionary<CniVerb, string[]> s_required = new()
    {
        [CniVerb.Add] = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"],
        [CniVerb.Check] = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"],
        [CniVerb.Delete] = ["CNI_CONTAINERID", "CNI_IFNAME", "CNI_PATH"],
        [CniVerb.GarbageCollect] = ["CNI_PATH"],
        [CniVerb.Status] = ["CNI_PATH"],
        [CniVerb.Version] = [],
    };

    public static CniVerb ReadVerb(string command)
    {
        foreach (CniVerb verb in s_required.Keys)
            if (string.Equals(verb.ToCommand(), command, StringComparison.Ordinal))
                return verb;
        throw Fault(CniErrorCode.InvalidEnvironment, $"unknown CNI_COMMAND: {command}");
    }

    public static void CheckEnvironment(CniVerb verb, IReadOnlyDictionary<string, string> environment)
    {
        string[] missing = Array.FindAll(
            s_required[verb],
            name => string.IsNullOrEmpty(environment.GetValueOrDefault(name))
        );
        if (missing.Length > 0)
        {
            string names = string.Join(',', missing);
            throw Fault(CniErrorCode.InvalidEnvironment, $"required env variables [{names}] missing");
        }
        if (!s_required[verb].Contains("CNI_CONTAINERID", StringComparer.Ordinal))
            return;
        string id = environment["CNI_CONTAINERID"];
        if (!Naming.IsContainerId(id))
            throw Fault(CniErrorCode.InvalidEnvironment, $"invalid characters in containerID: {id}");
        if (Naming.FaultOfInterfaceName(environment["CNI_IFNAME"]) is { } fault)
            throw Fault(CniErrorCode.InvalidEnvironment, fault);
    }

    public static string ReadName(JsonView root)
    {
        string name = root.OptionalString("name") ?? "";
        return Naming.IsNetworkName(name)
            ? name
            : throw Fault(CniErrorCode.InvalidConfiguration, $"missing or invalid network name: \"{name}\"");
    }

    public static CniVersion ReadVersion(JsonView root) => CniVersion.Parse(root.OptionalString("cniVersion") ?? "");

    public static CniResult? ReadPreviousResult(JsonView root, CniVersion version) =>
        root.Present("prevResult") is { } result ? CniResult.Parse(result.Raw, version, sourcePath: null) : null;

    /// <summary>The specification's key, or the one that early runtimes sent.</summary>
    public static List<CniAttachmentId>? ReadValidAttachments(JsonView root) =>
        (root.Present("cni.dev/valid-attachments") ?? root.Present("cni.dev/attachments")) is { } list
            ? list.RequireArray()
                .ConvertAll(static item => new CniAttachmentId(
                    item.RequireObject().OptionalString("containerID") ?? "",
                    item.OptionalString("ifname") ?? ""
                ))
            : null;

    public static List<KeyValuePair<string, string>> ParseArgs(string text)
    {
        List<KeyValuePair<string, string>> args = [];
        foreach (string pair in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw Fault(CniErrorCode.InvalidEnvironment, $"invalid CNI_ARGS pair \"{pair}\"");
            args.Add(new(pair[..equals], pair[(equals + 1)..]));
        }
        return args;
    }

    /// <summary>A delegate gets what we got, with another CNI_COMMAND; one entry per name.</summary>
    public static List<KeyValuePair<string, string>> DelegateEnvironment(
        IReadOnlyDictionary<string, string> environment,
        CniVerb verb
    ) =>
        [
            .. environment.Where(static e => !string.Equals(e.Key, "CNI_COMMAND", StringComparison.Ordinal)),
            new("CNI_COMMAND", verb.ToCommand()),
        ];

    private static CniPluginException Fault(CniErrorCode code, string message) => new(code, message);
}
