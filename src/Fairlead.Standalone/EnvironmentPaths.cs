using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Standalone;

/// <summary>Where a standalone environment keeps its things; nothing is made here.</summary>
public sealed class EnvironmentPaths
{
    /// <summary>Names the state directory for every command, as --state-dir does.</summary>
    public const string StateDirectoryVariable = "FAIRLEAD_STATE_DIR";

    // sockaddr_un.sun_path has 108 bytes, one of them for the terminating zero (unix(7)).
    private const int MaxSocketPathBytes = 107;

    /// <param name="stateDirectory">Holds everything of the environment; null for the machine's own one.</param>
    /// <exception cref="EnvironmentException">The directory cannot be one: too long a name, or one that the pod covers.</exception>
    public EnvironmentPaths(string? stateDirectory)
    {
        IsDefault = stateDirectory is null;
        Persistent = IsDefault ? "/var/lib/fairlead" : Normalize(stateDirectory!);
        Runtime = IsDefault ? "/run/fairlead" : Path.Combine(Persistent, "run");
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Persistent)))[..8];
        Name = $"fairlead-{hash}";
        RefuseWhatCannotWork();
    }

    /// <summary>Whether it is the machine's own environment, whose directories are the defaults.</summary>
    public bool IsDefault { get; }

    /// <summary>Unique among the environments of a machine: the network namespace's name and the mark on links.</summary>
    public string Name { get; }

    /// <summary>Survives a reboot.</summary>
    public string Persistent { get; }

    /// <summary>Is gone after <c>fairlead down</c>.</summary>
    public string Runtime { get; }

    /// <summary>Desired state: the agent's manifest directory.</summary>
    public string Manifests => Path.Combine(Persistent, "manifests");

    /// <summary>The CNI proxy's journal and result cache.</summary>
    public string CniProxyState => Path.Combine(Persistent, "cni-proxy");

    /// <summary>What the CNI proxy lets the pod have; made by <c>up</c>, and then yours to edit.</summary>
    public string CniProxyPolicy => Path.Combine(CniProxyState, "policy.yaml");

    /// <summary>The agent's records.</summary>
    public string AgentState => Path.Combine(Persistent, "agent");

    /// <summary>What libvirt writes to /etc, /var/lib, /var/cache and /var/log.</summary>
    public string LibvirtState => Path.Combine(Persistent, "libvirt");

    /// <summary>What libvirt writes to /run.</summary>
    public string LibvirtRuntime => Path.Combine(Runtime, "libvirt");

    /// <summary>The CNI configuration that Fairlead brings along.</summary>
    public string BundledCniConfiguration => Path.Combine(Persistent, "cni", "net.d");

    /// <summary>Reservations of the bundled network.</summary>
    public string BundledIpamData => Path.Combine(Persistent, "cni", "ipam");

    /// <summary>CNI result cache of the pod interface.</summary>
    public string PodInterfaceCache => Path.Combine(Persistent, "cni", "cache");

    /// <summary>One file a process, and the one before it.</summary>
    public string Logs => Path.Combine(Persistent, "logs");

    /// <summary>Taken by <c>up</c> and <c>down</c> while they work.</summary>
    public string LockFile => Path.Combine(Persistent, "lock");

    /// <summary>What was asked for and what was made.</summary>
    public string RecordFile => Path.Combine(Persistent, "environment.json");

    /// <summary>The pod, for the CNI proxy.</summary>
    public string SandboxFile => Path.Combine(Persistent, "sandbox.json");

    /// <summary>The pod's network namespace.</summary>
    public string NetworkNamespacePath => $"/run/netns/{Name}";

    /// <summary>Where the CNI proxy serves its metrics and its health.</summary>
    public string CniProxyHttpSocket => Path.Combine(Runtime, "cni-proxy", "http.sock");

    /// <summary>Where the agent serves its metrics and its health.</summary>
    public string AgentHttpSocket => Path.Combine(Runtime, "agent", "http.sock");

    /// <summary>Where the CNI proxy listens.</summary>
    public string CniProxySocket => Path.Combine(Runtime, "cni-proxy", "proxy.sock");

    /// <summary>Where the agent listens.</summary>
    public string AgentSocket => Path.Combine(Runtime, "agent", "agent.sock");

    /// <summary>Where libvirtd listens, as seen outside of the pod.</summary>
    public string LibvirtSocket => Path.Combine(LibvirtRuntime, "libvirt-sock");

    /// <summary>Written by the sandbox process when its mounts are made.</summary>
    internal string SandboxReadyFile => Path.Combine(Runtime, "sandbox.ready");

    /// <summary>Where the namespace of a <see cref="Networks.StandInInterface"/> is while there is one.</summary>
    internal string StandInNamespacePath => Path.Combine(Runtime, "stand-in");

    internal string PidFileOf(string process) => Path.Combine(Runtime, $"{process}.pid");

    /// <summary>The log of one of the processes: libvirtd, cni-proxy, agent or sandbox.</summary>
    public string LogOf(string process) => Path.Combine(Logs, $"{process}.log");

    /// <summary>As it is named on a command line that is meant for this environment: " --state-dir DIR", or nothing.</summary>
    internal string CommandLineSuffix => IsDefault ? "" : $" --state-dir {Persistent}";

    private static string Normalize(string directory) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));

    private void RefuseWhatCannotWork()
    {
        foreach (string socket in (string[])[CniProxySocket, AgentSocket, LibvirtSocket])
        {
            int bytes = Encoding.UTF8.GetByteCount(socket);
            if (bytes > MaxSocketPathBytes)
            {
                throw new EnvironmentException(
                    $"the state directory's name is {bytes - MaxSocketPathBytes} bytes too long: {socket} would have "
                        + $"{bytes} bytes, and a Unix socket's path can have {MaxSocketPathBytes}"
                );
            }
        }

        if (Persistent is "/")
            throw new EnvironmentException("/ cannot be a state directory");
        if (PodMounts.Covering(Persistent) is { } covered)
        {
            throw new EnvironmentException(
                $"{Persistent} cannot be a state directory: the pod has another {covered} than the host"
            );
        }
    }
}
