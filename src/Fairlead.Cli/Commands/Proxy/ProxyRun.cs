using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.CniProxy.Client;

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

    public static string SocketOf(ParseResult parseResult) =>
        parseResult.GetValue(Socket) is { Length: > 0 } file
            ? Path.GetFullPath(file)
            : StateDirectory.Paths(parseResult).CniProxySocket;
}
