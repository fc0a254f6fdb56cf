using Fairlead.Standalone.Parts;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;
using Fairlead.Standalone.Records;

namespace Fairlead.Standalone;

/// <summary>
/// The standalone environment: a libvirt pod of our own making on this machine, the CNI proxy beside it and the agent in it.
/// </summary>
/// <param name="paths">Where it keeps its things.</param>
/// <param name="self">The command line that runs this program, without arguments: the daemons are subcommands of it.</param>
/// <param name="output">Receives a line a step.</param>
public sealed partial class StandaloneEnvironment(EnvironmentPaths paths, IReadOnlyList<string> self, TextWriter output)
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(60);

    private readonly EnvironmentRecordFile _recordFile = new(paths.RecordFile);

    /// <summary>
    /// Brings the environment up, or what is dead of it; a second time changes nothing.
    ///  1. check what has to be there, before anything is touched
    ///  2. records: directories, environment.json, sandbox.json
    ///  3. CNI configuration: the machine's, or the bundled one
    ///  4. network namespace
    ///  5. sandbox process: holds the mount namespace
    ///  6. eth0: CNI ADD
    ///  7. libvirtd, in the pod
    ///  8. CNI proxy, in the host's context
    ///  9. agent, in the pod
    /// </summary>
    /// <exception cref="EnvironmentException">It could not; what was begun is undone.</exception>
    public async Task UpAsync(UpOptions options, CancellationToken cancellationToken)
    {
        Preflight.RequireRoot("up");
        EnvironmentDirectory.RefuseForeign(paths);
        StepLog log = new(output, TimeProvider.System);
        using EnvironmentLock _ = await LockAsync(options.Timeout, log, cancellationToken);

        EnvironmentRecord? present = ReadRecord();
        bool isRebooted = present is not null && present.BootId != BootId.Current;
        EnvironmentSettings settings = SettingsChoice.Choose(options, present?.Settings);
        if (present is not null && !isRebooted)
            RefuseOtherSettings(present.Settings, settings);
        Preflight.RequireInstalled(settings);
        log.Line($"node {settings.NodeName}, environment {paths.Persistent}");
        if (isRebooted)
            log.Line("the machine was restarted since: releasing what the environment held then");

        EnvironmentRecord record =
            present is null ? NewRecord(settings)
            : isRebooted ? present with { BootId = BootId.Current, Settings = settings }
            : present;
        EnvironmentContext context = new(paths, record, isRecorded: true, self, options.Timeout);
        EnvironmentParts parts = new(context);
        int changes = await UpRecipe.RunAsync(
            parts.All,
            begun => present is null ? parts.Teardown(new DownOptions { Force = true }, log) : UpRecipe.Reversed(begun),
            log,
            cancellationToken
        );
        log.Line(
            changes == 0 ? "already up"
            : present is null || isRebooted ? "up"
            : "up again"
        );
    }

    /// <summary>Takes the environment down, from whatever state it is in; a second time changes nothing.</summary>
    /// <returns>Whether all of it is gone, and in good order; else the output says what is not.</returns>
    public async Task<bool> DownAsync(DownOptions options, CancellationToken cancellationToken)
    {
        Preflight.RequireRoot("down");
        StepLog log = new(output, TimeProvider.System);
        if (!Directory.Exists(paths.Persistent))
        {
            log.Line($"nothing is up: there is no {paths.Persistent}");
            return true;
        }

        EnvironmentDirectory.RefuseForeign(paths);
        IReadOnlyList<StepFailure> failures;
        bool wasUp;
        using (EnvironmentLock _ = await LockAsync(options.Timeout, log, cancellationToken))
        {
            EnvironmentContext context = ContextForTeardown(log);
            wasUp = File.Exists(paths.RecordFile) || Directory.Exists(paths.Runtime);
            failures = await Teardown.RunAsync(new EnvironmentParts(context).Teardown(options, log), log);
            if (options.Purge && failures.All(failure => failure.IsCourtesy))
            {
                EnvironmentDirectory.Purge(paths);
                log.Line($"removed {paths.Persistent}");
            }
        }
        log.Line(Verdict(failures, wasUp));
        return failures.Count == 0;
    }

    /// <summary>Looks at every part; changes nothing.</summary>
    /// <exception cref="EnvironmentException">The user is not root, or the record cannot be read.</exception>
    public async Task<EnvironmentStatus> StatusAsync(CancellationToken cancellationToken)
    {
        Preflight.RequireRoot("status");
        if (ReadRecord() is not { } record)
            return new EnvironmentStatus(paths.Persistent, null, [], []) { Remedies = [UpCommandLine] };
        EnvironmentParts parts = new(new EnvironmentContext(paths, record, isRecorded: true, self, ProbeTimeout));
        List<PartStatus> statuses = [];
        foreach (IEnvironmentPart part in parts.Shown)
        {
            statuses.Add(await part.CheckAsync(cancellationToken));
        }
        IReadOnlyList<PartStatus>? components = await parts.Agent.ComponentsAsync(cancellationToken);
        return new EnvironmentStatus(paths.Persistent, record.Settings.NodeName, statuses, components ?? [])
        {
            Remedies = statuses.All(status => status.Ready) ? [] : [UpCommandLine],
        };
    }

    private string UpCommandLine => $"fairlead up{paths.CommandLineSuffix}";

    private string DownCommandLine => $"fairlead down{paths.CommandLineSuffix}";

    private string Verdict(IReadOnlyList<StepFailure> failures, bool wasUp)
    {
        if (failures.Count == 0)
            return wasUp ? "down" : "nothing was up";
        return failures.All(failure => failure.IsCourtesy)
            ? "down, though not in good order"
            : $"not all of it could be taken down; what is left is recorded: '{DownCommandLine}' tries again, and with --force does without";
    }
}
