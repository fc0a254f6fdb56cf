using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>Failures as the specification's error object (CNI spec section 5, "Error"), and as one line.</summary>
internal static class CniErrorObject
{
    public static bool CanDescribe(Exception e) =>
        e is CniException or CniNetworkNotFoundException or CniFormatException or CniRequestException
        || (e is IOException or UnauthorizedAccessException && e is not BrokenPipeException);

    public static string Json(Exception e, string? hint, CniVersion version)
    {
        (CniErrorCode code, string message, string? details) = Parts(e);
        JsonObject error = new()
        {
            ["cniVersion"] = version.ToString(),
            ["code"] = (uint)code,
            ["msg"] = message,
        };
        if (Join(details, hint) is { Length: > 0 } more)
            error["details"] = more;
        return ObjectText.Json(error);
    }

    /// <summary>With the attachment and the network that it is about.</summary>
    public static string OneLine(Exception e, string? hint) =>
        e is CniException cni ? Line(Join(cni.Message, Undone(cni), hint)) : Line(Join(Reason(e), hint));

    /// <summary>What is wrong, without what it is about.</summary>
    public static string Reason(Exception e)
    {
        (_, string message, string? details) = Parts(e);
        return Line(Join(message, details));
    }

    /// <summary>A plugin's text, or a file's, may have line breaks, and escape sequences that a terminal would obey.</summary>
    public static string Line(string text) =>
        string.Join(
            ' ',
            text.Split(
                [.. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(char.IsControl)],
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        );

    private static string Join(params string?[] parts) =>
        string.Join("; ", parts.Where(part => !string.IsNullOrEmpty(part)));

    private static (CniErrorCode Code, string Message, string? Details) Parts(Exception e) =>
        e switch
        {
            CniException cni => (CodeOf(cni), MessageOf(cni), Join(cni.Details, Undone(cni))),
            CniNetworkNotFoundException missing => (
                CniErrorCode.InvalidConfiguration,
                $"there is no network \"{missing.NetworkName}\" in {missing.Scan.Directory}",
                SkippedFiles.WhyNotFound(missing)
            ),
            CniRequestException request => (request.Code, request.Message, request.Details),
            CniFormatException => (CniErrorCode.DecodingFailure, e.Message, null),
            _ => (CniErrorCode.InputOutput, e.Message, null),
        };

    /// <summary>The plugin's own code; where it gave none, the one of the specification that says the same.</summary>
    private static CniErrorCode CodeOf(CniException e) =>
        (e.Code, e.Failure) switch
        {
            (not CniErrorCode.None, _) => e.Code,
            (_, CniFailure.InvalidOutput or CniFailure.InvalidPreviousResult) => CniErrorCode.DecodingFailure,
            (_, CniFailure.PluginNotFound) => CniErrorCode.InvalidConfiguration,
            (_, CniFailure.UnsupportedVerb) => CniErrorCode.IncompatibleVersion,
            (_, CniFailure.TimedOut) => CniErrorCode.TryAgainLater,
            (_, CniFailure.Cache) => CniErrorCode.InputOutput,
            // As Go's libraries number what they have no number for.
            _ => CniErrorCode.Internal,
        };

    private static string MessageOf(CniException e) =>
        e.Plugin is null || e.CniMessage.Contains($"plugin \"{e.Plugin}\"", StringComparison.Ordinal)
            ? e.CniMessage
            : $"plugin {e.Plugin}: {e.CniMessage}";

    private static string? Undone(CniException e) =>
        (e.RolledBack, e.UndoFailures) switch
        {
            (false, _) => null,
            (true, []) => "rolled back",
            _ =>
                $"rolled back, but not wholly, call DEL again: {string.Join("; ", e.UndoFailures.Select(f => f.Message))}",
        };
}
