using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Grpc.Core;

namespace Fairlead.Cli.Commands.Proxy;

/// <summary>One call to the CNI proxy, and what its failure means to a person.</summary>
internal static class ProxyRun
{
    public static Option<string?> Socket { get; } =
        new("--socket")
        {
            Description = "Unix socket of the CNI proxy [default: the standalone environment's]",
            HelpName = "FILE",
            Recursive = true,
        };

    public static Option<string?> Sandbox { get; } =
        new("--sandbox") { Description = "The pod's sandbox, where several pods use the same key", HelpName = "ID" };

    /// <summary>An attachment's key, completed from those that there are.</summary>
    public static Argument<string> Key()
    {
        Argument<string> key = new("KEY") { Description = "The attachment's key, as 'fairlead proxy list' shows it" };
        key.CompletionSources.Add(context => Keys(context.ParseResult));
        return key;
    }

    public static async Task<int> WithAsync(ParseResult parseResult, Func<CniProxyConnection, Task<int>> work)
    {
        string socket = SocketOf(parseResult);
        using CniProxyConnection proxy = new(socket);
        try
        {
            return await work(proxy);
        }
        catch (CniProxyException e)
        {
            throw new CliException($"{e.Message}{Remedy(e, socket)}");
        }
    }

    private static string Remedy(CniProxyException e, string socket) =>
        e.Reason switch
        {
            null => $"; is it running, and are you root? ({socket})",
            CniProxyReason.UnknownPeer => "; run this as root of the host",
            CniProxyReason.AttachmentNotFound => "; see fairlead proxy list",
            _ => "",
        };

    private static string SocketOf(ParseResult parseResult) =>
        parseResult.GetValue(Socket) is { Length: > 0 } file
            ? Path.GetFullPath(file)
            : StateDirectory.Paths(parseResult).CniProxySocket;

    // Completion never fails and never takes long: who cannot be reached has nothing to offer.
    private static IEnumerable<string> Keys(ParseResult parseResult)
    {
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(1));
            using CniProxyConnection proxy = new(SocketOf(parseResult));
            IReadOnlyList<Attachment> attachments = Task.Run(() => proxy.ListAsync(limit.Token))
                .GetAwaiter()
                .GetResult();
            return [.. attachments.Select(a => a.Key).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is CniProxyException or CliException or OperationCanceledException or RpcException)
        {
            return [];
        }
    }
}
