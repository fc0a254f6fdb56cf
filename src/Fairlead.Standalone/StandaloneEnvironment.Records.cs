using System.Security.Cryptography;
using Fairlead.Cni;
using Fairlead.CniProxy.Client;
using Fairlead.Standalone.Parts;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;
using Fairlead.Standalone.Records;

namespace Fairlead.Standalone;

/// <content>The record: what an environment is, and what stands in for it when it is lost.</content>
public sealed partial class StandaloneEnvironment
{
    private static EnvironmentRecord NewRecord(EnvironmentSettings settings) =>
        new()
        {
            Version = EnvironmentRecord.CurrentVersion,
            BootId = BootId.Current,
            Settings = settings,
            SandboxId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            PodUid = Guid.NewGuid().ToString(),
        };

    private Task<EnvironmentLock> LockAsync(TimeSpan timeout, StepLog log, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(
            paths.Persistent,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        return EnvironmentLock.TakeAsync(
            paths.LockFile,
            timeout,
            () => log.Line("another fairlead up or down is at work here: waiting for it"),
            cancellationToken
        );
    }

    private EnvironmentRecord? ReadRecord()
    {
        try
        {
            return _recordFile.Read();
        }
        catch (InvalidDataException e)
        {
            throw new EnvironmentException($"{e.Message}: run '{DownCommandLine}', which can do without it", e);
        }
    }

    private void RefuseOtherSettings(EnvironmentSettings present, EnvironmentSettings wanted)
    {
        IReadOnlyList<string> differences = SettingsChoice.Differences(present, wanted);
        if (differences.Count == 0)
            return;
        throw new EnvironmentException(
            $"the environment is up with {string.Join(", ", differences)}: "
                + $"run '{DownCommandLine}' first to bring it up otherwise"
        );
    }

    private EnvironmentContext ContextForTeardown(StepLog log)
    {
        EnvironmentRecord? record = null;
        try
        {
            record = _recordFile.Read();
        }
        catch (InvalidDataException e)
        {
            log.Line($"{e.Message}: set aside as {_recordFile.SetAside()}, going by what can be found");
        }
        return new EnvironmentContext(paths, record ?? Guess(), isRecorded: record is not null, self, ProbeTimeout);
    }

    /// <summary>What can be known of an environment whose record is lost: the pod's own record, and CNI's cache of eth0.</summary>
    private EnvironmentRecord Guess()
    {
        EnvironmentRecord guess = NewRecord(SettingsChoice.Choose(new UpOptions(), present: null)) with
        {
            // Only those that are empty are ever removed.
            CreatedDirectories = [.. PodMounts.Of(paths).Select(mount => mount.Target)],
        };
        try
        {
            if (SandboxRecord.Read(paths.SandboxFile) is { } sandbox)
                guess = guess with { SandboxId = sandbox.Id, PodUid = sandbox.PodUid };
        }
        catch (InvalidDataException)
        {
            // Then the pod's ID is in the cache, or nowhere.
        }
        if (File.Exists(Path.Combine(paths.BundledCniConfiguration, Networks.BundledNetwork.FileName)))
            guess = guess with { ConfigDirectory = paths.BundledCniConfiguration };
        if (new CniCache(paths.PodInterfaceCache).List() is not [CachedAttachment attached, ..])
            return guess;
        return guess with
        {
            SandboxId = attached.Attachment.ContainerId,
            PodInterface = new PodInterfaceRecord
            {
                Network = attached.NetworkName,
                ContainerId = attached.Attachment.ContainerId,
                NetnsPath = paths.NetworkNamespacePath,
                Configuration = attached.Configuration.ToArray(),
                Attached = true,
            },
        };
    }
}
