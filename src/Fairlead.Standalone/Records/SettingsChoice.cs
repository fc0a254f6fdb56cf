namespace Fairlead.Standalone.Records;

/// <summary>Puts together what is asked, what an environment has already, and the defaults.</summary>
internal static class SettingsChoice
{
    private static readonly string[] DefaultBinDirectories = ["/opt/cni/bin", "/usr/lib/cni"];

    /// <summary>The settings of an environment.</summary>
    /// <param name="asked">The command line.</param>
    /// <param name="present">What a recorded environment has; null when there is none.</param>
    /// <exception cref="EnvironmentException">Something that was asked for makes no sense.</exception>
    public static EnvironmentSettings Choose(UpOptions asked, EnvironmentSettings? present)
    {
        string nodeName = asked.NodeName ?? present?.NodeName ?? DefaultNodeName(Environment.MachineName);
        if (!IsNodeName(nodeName))
        {
            throw new EnvironmentException(
                $"\"{nodeName}\" is no node name (small letters, digits, '-' and '.', at most 63): name one with --node-name"
            );
        }

        // A kernel, its initrd and its command line belong together: they are kept or replaced as one.
        if (asked.GuestKernel is null && (asked.GuestInitrd ?? asked.GuestCommandLine) is not null)
            throw new EnvironmentException("--guest-initrd and --guest-cmdline need --guest-kernel");
        bool keepsGuest = asked.GuestKernel is null;
        return new EnvironmentSettings
        {
            NodeName = nodeName,
            CniConfDirectory = Absolute(asked.CniConfDirectory) ?? present?.CniConfDirectory ?? "/etc/cni/net.d",
            CniBinDirectories = asked.CniBinDirectories is { Count: > 0 } directories
                ? [.. directories.Select(directory => Absolute(directory)!)]
                : present?.CniBinDirectories ?? DefaultBinDirectories,
            Network = asked.Network ?? present?.Network,
            GuestKernel = keepsGuest ? present?.GuestKernel : Absolute(asked.GuestKernel),
            GuestInitrd = keepsGuest ? present?.GuestInitrd : Absolute(asked.GuestInitrd),
            GuestCommandLine = keepsGuest ? present?.GuestCommandLine : asked.GuestCommandLine,
        };
    }

    /// <summary>The options in which two settings differ, each with what the environment has.</summary>
    public static IReadOnlyList<string> Differences(EnvironmentSettings present, EnvironmentSettings wanted)
    {
        List<string> differences = [];
        Compare("--node-name", present.NodeName, wanted.NodeName);
        Compare("--cni-conf-dir", present.CniConfDirectory, wanted.CniConfDirectory);
        Compare(
            "--cni-bin-dir",
            string.Join(", ", present.CniBinDirectories),
            string.Join(", ", wanted.CniBinDirectories)
        );
        Compare("--network", present.Network, wanted.Network);
        Compare("--guest-kernel", present.GuestKernel, wanted.GuestKernel);
        Compare("--guest-initrd", present.GuestInitrd, wanted.GuestInitrd);
        Compare("--guest-cmdline", present.GuestCommandLine, wanted.GuestCommandLine);
        return differences;

        void Compare(string option, string? has, string? wants)
        {
            if (has != wants)
                differences.Add($"{option} {has ?? "(none)"}");
        }
    }

    /// <summary>A host name with everything that a node name cannot have replaced.</summary>
    internal static string DefaultNodeName(string hostName)
    {
        string name = string.Concat(
            hostName.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' ? c : '-')
        );
        name = name[..Math.Min(name.Length, 63)].Trim('-', '.');
        return name.Length > 0 ? name : "node";
    }

    // It becomes part of CNI_ARGS and of names: nothing that means something there.
    private static bool IsNodeName(string name) =>
        name.Length is > 0 and <= 63
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1]);

    private static string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path);
}
