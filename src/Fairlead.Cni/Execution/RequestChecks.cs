namespace Fairlead.Cni.Execution;

/// <summary>Refuses, before any plugin runs, what would mean something else to a plugin or to the cache.</summary>
internal static class RequestChecks
{
    public static void CheckNetwork(CniVerb verb, string network)
    {
        if (!Naming.IsNetworkName(network))
        {
            throw new CniException(
                verb,
                CniFailure.InvalidRequest,
                CniErrorCode.InvalidConfiguration,
                $"network name \"{network}\" is not a letter or digit followed by letters, digits, '_', '.' or '-'"
            );
        }
    }

    public static void Check(CniVerb verb, string network, CniAttachment attachment)
    {
        CheckNetwork(verb, network);
        CheckId(verb, network, attachment.Id);
        CniSubject subject = new(network, Plugin: null, attachment.Id);
        if (HasControlCharacter(attachment.NetnsPath))
            throw Refuse(verb, subject, "the network namespace's path has a control character");
        if (string.IsNullOrEmpty(attachment.NetnsPath) && verb is CniVerb.Add or CniVerb.Check)
            throw Refuse(verb, subject, "needs a network namespace");
        foreach ((string key, string value) in attachment.CniArgs)
        {
            if (key.Length == 0 || key.AsSpan().ContainsAny('=', ';') || HasControlCharacter(key))
                throw Refuse(verb, subject, $"CNI_ARGS key \"{key}\" is empty or has '=', ';' or a control character");
            if (value.Contains(';', StringComparison.Ordinal) || HasControlCharacter(value))
                throw Refuse(verb, subject, $"CNI_ARGS value of {key} has ';' or a control character: \"{value}\"");
        }
    }

    public static void CheckId(CniVerb verb, string network, CniAttachmentId id)
    {
        CniSubject subject = new(network, Plugin: null, Attachment: null);
        if (string.IsNullOrEmpty(id.ContainerId))
        {
            throw new CniException(
                verb,
                CniFailure.InvalidRequest,
                CniErrorCode.UnknownContainer,
                "container ID is empty",
                subject: subject
            );
        }
        if (!Naming.IsContainerId(id.ContainerId))
        {
            string rule = "a letter or digit followed by letters, digits, '_', '.' or '-'";
            throw Refuse(verb, subject, $"container ID \"{id.ContainerId}\" is not {rule}");
        }
        if (Naming.FaultOfInterfaceName(id.InterfaceName ?? "") is { } fault)
            throw Refuse(verb, subject, fault);
    }

    private static bool HasControlCharacter(string? text) => text is not null && text.Any(char.IsControl);

    private static CniException Refuse(CniVerb verb, CniSubject subject, string reason) =>
        new(verb, CniFailure.InvalidRequest, CniErrorCode.InvalidEnvironment, reason, subject: subject);
}
