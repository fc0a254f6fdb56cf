using System.Globalization;
using System.Text;

namespace Fairlead.Cni;

/// <summary>A CNI operation failed. Decide by <see cref="Failure"/> and <see cref="Code"/>, not by the message.</summary>
public sealed class CniException : Exception
{
    internal CniException(
        CniVerb verb,
        CniFailure failure,
        CniErrorCode code,
        string message,
        string? details = null,
        CniSubject subject = default,
        Exception? innerException = null
    )
        : base(Describe(verb, code, message, details, subject), innerException)
    {
        Verb = verb;
        Failure = failure;
        Code = code;
        CniMessage = message;
        Details = details;
        Plugin = subject.Plugin;
        Network = subject.Network;
        ContainerId = subject.Attachment?.ContainerId;
        InterfaceName = subject.Attachment?.InterfaceName;
    }

    /// <summary>The operation.</summary>
    public CniVerb Verb { get; }

    /// <summary>What kind of failure it is.</summary>
    public CniFailure Failure { get; }

    /// <summary>The plugin's code, or the one of the specification that fits; <see cref="CniErrorCode.None"/> if none does.</summary>
    public CniErrorCode Code { get; }

    /// <summary>The plugin's own short message (<c>msg</c>), or ours if it gave none.</summary>
    public string CniMessage { get; }

    /// <summary>The plugin's longer message (<c>details</c>), or what it wrote to stderr; null if nothing.</summary>
    public string? Details { get; }

    /// <summary>The plugin's type; null if no plugin is to blame.</summary>
    public string? Plugin { get; }

    /// <summary>The network; null if the verb has none.</summary>
    public string? Network { get; }

    /// <summary>The container ID; null if the verb has none.</summary>
    public string? ContainerId { get; }

    /// <summary>The interface name; null if the verb has none.</summary>
    public string? InterfaceName { get; }

    /// <summary>
    /// What failed while a failed ADD was rolled back; empty if the roll-back succeeded or there was none. Not empty means
    /// that something may be left: call DEL again later.
    /// </summary>
    public IReadOnlyList<CniException> UndoFailures { get; internal init; } = [];

    /// <summary>Whether the roll-back of a failed ADD was run.</summary>
    public bool RolledBack { get; internal init; }

    /// <summary>Whether the same request may succeed later (the specification's code 11, and a time limit that passed).</summary>
    public bool IsTransient => Code == CniErrorCode.TryAgainLater || Failure == CniFailure.TimedOut;

    /// <summary>The same failure with what became of the roll-back.</summary>
    internal CniException WithUndo(IReadOnlyList<CniException> undoFailures) =>
        new(
            Verb,
            Failure,
            Code,
            CniMessage,
            Details,
            new(Network, Plugin, ContainerId is null ? null : new(ContainerId, InterfaceName!)),
            this
        )
        {
            RolledBack = true,
            UndoFailures = undoFailures,
        };

    // "DEL net1 of 3f2a… (network pods, plugin bridge): 11 try again later; details"
    private static string Describe(CniVerb verb, CniErrorCode code, string message, string? details, CniSubject subject)
    {
        StringBuilder text = new(verb.ToCommand());
        if (subject.Attachment is { } attachment)
            text.Append(' ').Append(attachment.InterfaceName).Append(" of ").Append(attachment.ContainerId);
        string[] where =
        [
            .. subject.Network is null ? (string[])[] : [$"network {subject.Network}"],
            .. subject.Plugin is null ? (string[])[] : [$"plugin {subject.Plugin}"],
        ];
        if (where.Length > 0)
            text.Append(" (").AppendJoin(", ", where).Append(')');
        text.Append(": ");
        if (code != CniErrorCode.None)
            text.Append(CultureInfo.InvariantCulture, $"{(uint)code} ");
        text.Append(message);
        if (!string.IsNullOrEmpty(details))
            text.Append("; ").Append(details);
        return text.ToString();
    }
}

/// <summary>What an operation is about.</summary>
internal readonly record struct CniSubject(string? Network, string? Plugin, CniAttachmentId? Attachment);
