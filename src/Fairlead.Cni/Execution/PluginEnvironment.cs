namespace Fairlead.Cni.Execution;

/// <summary>
/// The whole environment of a plugin: PATH, what the caller adds, and CNI_*. libcni hands on the daemon's environment with
/// all its secrets, and with CNI_NETNS_OVERRIDE if that happens to be set.
/// </summary>
internal static class PluginEnvironment
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static List<KeyValuePair<string, string>> Create(
        CniVerb verb,
        string searchPath,
        CniAttachment? attachment,
        IReadOnlyDictionary<string, string> more
    )
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal)
        {
            // Plugins run iptables, ip and the like by name.
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : DefaultPath,
        };
        foreach ((string name, string value) in more)
            variables[name] = value;
        variables["CNI_COMMAND"] = verb.ToCommand();
        variables["CNI_CONTAINERID"] = attachment?.ContainerId ?? "";
        variables["CNI_NETNS"] = attachment?.NetnsPath ?? "";
        variables["CNI_IFNAME"] = attachment?.InterfaceName ?? "";
        variables["CNI_ARGS"] = attachment is null
            ? ""
            : string.Join(';', attachment.CniArgs.Select(static arg => $"{arg.Key}={arg.Value}"));
        variables["CNI_PATH"] = searchPath;
        return [.. variables];
    }
}
