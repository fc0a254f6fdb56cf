namespace Fairlead.Cni.Execution;

/// <summary>Where plugins are looked for, in order; the value of CNI_PATH.</summary>
internal sealed class PluginDirectories(IReadOnlyList<string> directories)
{
    public string SearchPath { get; } = string.Join(':', directories);

    /// <summary>
    /// The path of the first file of that name. Symbolic links are followed and directories passed over; whether it can be
    /// executed shows when it is.
    /// </summary>
    public string Find(CniVerb verb, string type, CniSubject subject)
    {
        if (type.Length == 0)
            throw NotFound(verb, subject, "the plugin's name is empty");
        if (type.Contains('/', StringComparison.Ordinal) || type.Any(char.IsControl))
            throw NotFound(verb, subject, $"the plugin's name \"{type}\" has a path separator or control character");
        if (directories.Count == 0)
            throw NotFound(verb, subject, "there are no plugin directories");
        foreach (string directory in directories)
        {
            string path = Path.Combine(directory, type);
            if (File.Exists(path))
                return path;
        }
        throw NotFound(verb, subject, $"plugin \"{type}\" is not in {SearchPath}");
    }

    private static CniException NotFound(CniVerb verb, CniSubject subject, string reason) =>
        new(verb, CniFailure.PluginNotFound, CniErrorCode.None, reason, subject: subject);
}
