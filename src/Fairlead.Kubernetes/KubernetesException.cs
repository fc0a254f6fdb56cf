using System.Net;

namespace Fairlead.Kubernetes;

/// <summary>The API server refused a request, failed at it, or was not reached.</summary>
public sealed class KubernetesException : Exception
{
    internal KubernetesException(string operation, string message, Exception? cause = null)
        : base($"{operation}: {message}", cause) => ServerMessage = message;

    /// <summary>The HTTP status, or that of an error within a watch; null when there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; internal init; }

    /// <summary>The server's word for it, as <c>NotFound</c>, <c>AlreadyExists</c>, <c>Conflict</c>, <c>Expired</c>; empty if there was none.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What the server said, without the operation before it.</summary>
    public string ServerMessage { get; }

    /// <summary>What is wrong, field by field: validation errors, or the managers in the way of an apply.</summary>
    public IReadOnlyList<StatusCause> Causes { get; internal init; } = [];

    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound;

    /// <summary>The object has changed since it was read, or another field manager owns a field.</summary>
    public bool IsConflict => StatusCode == HttpStatusCode.Conflict && Reason != "AlreadyExists";

    public bool IsAlreadyExists => StatusCode == HttpStatusCode.Conflict && Reason == "AlreadyExists";

    /// <summary>The object breaks a rule of its type; <see cref="Causes"/> say which.</summary>
    public bool IsInvalid => StatusCode == HttpStatusCode.UnprocessableEntity;

    /// <summary>The resource version is too old to go on from: list anew.</summary>
    public bool IsGone => StatusCode == HttpStatusCode.Gone;

    /// <summary>No answer came: refused, cut off, or too late.</summary>
    public bool IsUnreachable => StatusCode is null;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient =>
        StatusCode is null or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Field">As <c>spec.domain.vcpu</c>, or <c>.status.node</c> in a conflict of apply.</param>
/// <param name="Reason">As <c>FieldValueInvalid</c>.</param>
/// <param name="Message">For people.</param>
public sealed record StatusCause(string Field, string Reason, string Message);
