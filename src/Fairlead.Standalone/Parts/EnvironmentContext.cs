using Fairlead.Netlink;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Records;

namespace Fairlead.Standalone.Parts;

/// <summary>What the parts of one environment share.</summary>
/// <param name="paths">The environment's places.</param>
/// <param name="record">What the environment is.</param>
/// <param name="isRecorded">False for a record that only stands in for one that was lost: it is never written.</param>
/// <param name="self">The command line of this program, without arguments.</param>
/// <param name="timeout">How long a part may take to become ready.</param>
internal sealed class EnvironmentContext(
    EnvironmentPaths paths,
    EnvironmentRecord record,
    bool isRecorded,
    IReadOnlyList<string> self,
    TimeSpan timeout
)
{
    public EnvironmentPaths Paths { get; } = paths;

    public EnvironmentRecord Record { get; private set; } = record;

    public EnvironmentSettings Settings => Record.Settings;

    public IReadOnlyList<string> Self { get; } = self;

    public TimeSpan Timeout { get; } = timeout;

    public const string PodNamespace = "fairlead-system";

    public string PodName => $"libvirt-{Settings.NodeName}";

    public PidFile SandboxPidFile => new(Paths.PidFileOf("sandbox"));

    /// <summary>Replaces the record; returns once it would survive a power loss.</summary>
    public async Task UpdateAsync(EnvironmentRecord record)
    {
        if (isRecorded)
            await new EnvironmentRecordFile(Paths.RecordFile).WriteAsync(record);
        Record = record;
    }

    /// <summary>The pod's network namespace; null when there is none. Whoever holds it keeps its number from being re-used.</summary>
    public NetworkNamespace? OpenNetworkNamespace()
    {
        try
        {
            return NetworkNamespace.Open(Paths.NetworkNamespacePath);
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.EINVAL)
        {
            return null; // nothing there, or the file of a namespace that was not mounted or is not any more
        }
    }

    /// <summary>A command line that is executed in the pod's network and mount namespace.</summary>
    /// <exception cref="EnvironmentException">There is no pod.</exception>
    public IReadOnlyList<string> InPod(IReadOnlyList<string> command)
    {
        ProcessIdentity sandbox =
            SandboxPidFile.FindAlive() ?? throw new EnvironmentException("the sandbox process is not running");
        return
        [
            Programs.Require("nsenter", "util-linux"),
            $"--net={Paths.NetworkNamespacePath}",
            $"--mount=/proc/{sandbox.Pid}/ns/mnt",
            "--",
            .. command,
        ];
    }
}
