using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Grpc.Core;

namespace Fairlead.Cli.Commands.Proxy;

/// <summary>What commands about one attachment have in common: how it is named.</summary>
internal static class OneAttachment
{
    /// <summary>Gives a command the attachment's key and sandbox, and its work.</summary>
    /// <param name="command">A command without either.</param>
    /// <param name="work">Is given key and sandbox, the latter empty when none is named; returns what is to be printed, or null.</param>
    public static Command Of(
        DocumentedCommand command,
        Func<CniProxyConnection, string, string, CancellationToken, Task<string?>> work
    )
    {
        Argument<string> key = new("KEY") { Description = "The attachment's key, as 'fairlead proxy list' shows it" };
        key.CompletionSources.Add(context => Keys(context.ParseResult));
        command.Add(key);
        command.Add(ProxyRun.Sandbox);
        command.SetAction(
            (parseResult, cancellationToken) =>
                ProxyRun.WithAsync(
                    parseResult,
                    async proxy =>
                    {
                        string? done = await work(
                            proxy,
                            parseResult.GetRequiredValue(key),
                            parseResult.GetValue(ProxyRun.Sandbox) ?? "",
                            cancellationToken
                        );
                        if (done is not null)
                            parseResult.InvocationConfiguration.Output.WriteLine(done);
                        return ExitCodes.Ok;
                    }
                )
        );
        return command;
    }

    // Completion never fails and never takes long: who cannot be reached has nothing to offer.
    private static IEnumerable<string> Keys(ParseResult parseResult)
    {
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(1));
            using CniProxyConnection proxy = new(ProxyRun.SocketOf(parseResult));
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
