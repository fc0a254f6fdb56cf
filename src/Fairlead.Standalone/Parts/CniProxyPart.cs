using System.Globalization;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Fairlead.Standalone.Processes;
using Fairlead.Storage;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fairlead.Standalone.Parts;

/// <summary>The CNI proxy, in the host's context.</summary>
internal sealed class CniProxyPart(EnvironmentContext context) : DaemonPart(context, "cni-proxy")
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    // One DEL runs several plugins, each with a limit of its own.
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(120);

    // What it is doing when it is told to stop it may finish for so long; who stops it waits a little longer.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Releases the attachments that the agent has not: those of virtual machines that were ended, not shut down. Returns
    /// what was done, or null when there were none.
    /// </summary>
    public async Task<string?> ReleaseLeftoversAsync(CancellationToken cancellationToken)
    {
        // The journal's files; without any there is no need to start a proxy that was killed.
        string journal = Path.Combine(Context.Paths.CniProxyState, "attachments");
        if (!Directory.Exists(journal) || !Directory.EnumerateFiles(journal, "*.json").Any())
            return null;
        await EnsureAsync(cancellationToken);
        using GrpcChannel channel = UnixSocketChannel.Create(Context.Paths.CniProxySocket);
        Fairlead.CniProxy.V1.CniProxy.CniProxyClient client = new(channel);
        ListAttachmentsResponse list = await client.ListAttachmentsAsync(
            new ListAttachmentsRequest(),
            deadline: DateTime.UtcNow + CallTimeout,
            cancellationToken: cancellationToken
        );
        List<string> failures = [];
        foreach (Attachment attachment in list.Attachments)
        {
            try
            {
                await client.DeleteAsync(
                    new DeleteRequest { Key = attachment.Key, Sandbox = attachment.Sandbox },
                    deadline: DateTime.UtcNow + DeleteTimeout,
                    cancellationToken: cancellationToken
                );
            }
            catch (RpcException e)
            {
                failures.Add($"{attachment.Key}: {e.Status.Detail}");
            }
        }
        return failures.Count > 0 ? throw new EnvironmentException(string.Join("; ", failures))
            : list.Attachments.Count == 0 ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"released what was left of attachments: {list.Attachments.Count}"
            );
    }

    protected override TimeSpan StopGrace => DrainTimeout + TimeSpan.FromSeconds(5);

    protected override bool IsInPod => false;

    // One pod for everybody's virtual machines, all of them the operator's: it may have every network, and many of each.
    // Written once; whoever wants it narrower edits the file.
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Context.Paths.CniProxyPolicy))
            await DurableFile.WriteAsync(Context.Paths.CniProxyPolicy, Policy.ToArray());
    }

    private static ReadOnlySpan<byte> Policy =>
        """
            # What the libvirt pod may have of this node's CNI networks; a change takes effect at once.
            # docs/security.md in Fairlead's repository says what the fields mean.
            rules:
              - networks: ["*"]
                maxAttachments: 4096
                options: [mac, ips, bandwidth]

            """u8;

    protected override IReadOnlyList<string> Command() =>
        [
            .. Context.Self,
            "cni-proxy",
            "--socket",
            Context.Paths.CniProxySocket,
            "--data-dir",
            Context.Paths.CniProxyState,
            "--sandbox-file",
            Context.Paths.SandboxFile,
            "--policy",
            Context.Paths.CniProxyPolicy,
            "--drain-timeout",
            string.Create(CultureInfo.InvariantCulture, $"{DrainTimeout.TotalSeconds}s"),
            "--cni-conf-dir",
            Context.Record.ConfigDirectory ?? Context.Settings.CniConfDirectory,
            "--metrics-address",
            $"unix:{Context.Paths.CniProxyHttpSocket}",
            .. Context.Settings.CniBinDirectories.SelectMany(directory => (string[])["--cni-bin-dir", directory]),
        ];

    protected override async Task<Readiness> ProbeAsync(ProcessIdentity process, CancellationToken cancellationToken)
    {
        if (!File.Exists(Context.Paths.CniProxySocket))
            return Readiness.NotYet($"no socket {Context.Paths.CniProxySocket}");
        using GrpcChannel channel = UnixSocketChannel.Create(Context.Paths.CniProxySocket);
        try
        {
            await new Fairlead.CniProxy.V1.CniProxy.CniProxyClient(channel).StatusAsync(
                new StatusRequest(),
                deadline: DateTime.UtcNow + CallTimeout,
                cancellationToken: cancellationToken
            );
            return Readiness.Ready;
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            return Readiness.NotYet($"it does not answer: {e.Status.StatusCode} {e.Status.Detail}");
        }
    }
}
