using Fairlead.Cni;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.V1;

namespace Fairlead.CniProxy.Verbs;

/// <summary>Check: the plugins of an attachment's ADD look whether all is as they made it.</summary>
internal sealed class CheckVerb(CniRuntime runtime, HeldNamespaces namespaces)
{
    public async Task<CheckResponse> RunAsync(JournalRecord record, CancellationToken cancellationToken)
    {
        if (record is not { State: JournalState.Attached, Result: { } result })
            return Broken($"it is not attached but {record.State.ToString().ToLowerInvariant()}: {record.Message}");
        CniAttachment attachment = Release.AttachmentOf(record, namespaces.Find(record));
        if (attachment.NetnsPath is null)
            return Broken($"the network namespace {record.NetnsPath} of its pod is gone");
        try
        {
            await runtime.CheckAsync(
                NetworkConfigurationList.Parse(record.Configuration, record.ConfigurationPath),
                attachment,
                CniResult.Parse(result),
                cancellationToken
            );
            return new CheckResponse { Ok = true };
        }
        catch (CniException e)
        {
            return Broken(e.Message);
        }
    }

    private static CheckResponse Broken(string reason) => new() { Reason = reason };
}
