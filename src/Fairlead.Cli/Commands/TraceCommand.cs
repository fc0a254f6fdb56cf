using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Grpc.Core;

namespace Fairlead.Cli.Commands;

internal static class TraceCommand
{
    public static Command Create()
    {
        Argument<string[]> objects = ObjectCompletion.KindThenNames();
        Option<string?> @namespace = CommonOptions.Namespace();
        Option<string?> vnic = new("--interface", "-i")
        {
            Description = "Only this interface of the manifest [default: all of type pod-network]",
            HelpName = "NAME",
        };
        Option<string?> output = OutputFormats.Option("table", "json");
        DocumentedCommand command = new(
            "trace",
            "Follow a virtual machine's DHCP and ARP packets, in words, until Ctrl-C",
            """
            # What does it ask, and who answers?
            fairlead trace vm web

            # One interface, a JSON object a line
            fairlead trace vm web --interface net1 -o json
            """
        )
        {
            Details = """
                The virtual machine need not run yet. Each packet is told once, where it comes onto the way between network and
                guest; a line with "!" tells what should not be. Ctrl-C ends it with exit status 130.
                """,
        };
        command.Arguments.Add(objects);
        command.Options.Add(@namespace);
        command.Options.Add(vnic);
        command.Options.Add(output);
        command.SetAction(
            (parseResult, cancellationToken) =>
            {
                TraceRequest request = new()
                {
                    Namespace = ClusterTarget.NamespaceOf(parseResult, parseResult.GetValue(@namespace)),
                    Name = ResourceArguments.Names(parseResult.GetValue(objects) ?? []) is [string name]
                        ? name
                        : throw CliException.Usage("say which virtual machine to trace, and one only: vm NAME"),
                    Vnic = parseResult.GetValue(vnic) ?? "",
                };
                if (ClusterTarget.IsMeant(parseResult))
                    return NodeExec.RunAsync(parseResult, new(request.Namespace, request.Name), cancellationToken);
                bool asJson = OutputFormats.Of(parseResult.GetValue(output)) == OutputFormat.Json;
                return FollowAsync(parseResult, request, asJson, cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> FollowAsync(
        ParseResult parseResult,
        TraceRequest request,
        bool asJson,
        CancellationToken cancellationToken
    )
    {
        CliInvocation invocation = CliInvocation.Of(parseResult);
        using AgentConnection agent = AgentConnection.Open(parseResult);
        using AsyncServerStreamingCall<TraceEvent> call = agent.Client.Trace(
            request,
            cancellationToken: cancellationToken
        );
        try
        {
            await call.ResponseHeadersAsync;
            if (invocation.ErrorIsTerminal)
                await invocation.Error.WriteLineAsync($"Listening to {request.Name}; Ctrl-C ends it.");
            await foreach (TraceEvent happened in call.ResponseStream.ReadAllAsync(cancellationToken))
                await invocation.Output.WriteLineAsync(asJson ? JsonOf(happened) : TextOf(happened));
            return ExitCodes.Ok;
        }
        catch (RpcException e)
        {
            throw agent.Translate(e, cancellationToken);
        }
    }

    private static string TextOf(TraceEvent happened)
    {
        string time = TimeOf(happened).ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return $"{time} {(happened.Odd ? "!" : " ")} {happened.Vnic}: {happened.Text}";
    }

    private static string JsonOf(TraceEvent happened)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", TimeOf(happened));
            json.WriteString("interface", happened.Vnic);
            json.WriteString("protocol", happened.Protocol);
            json.WriteString("type", happened.Type);
            json.WriteString("text", happened.Text);
            json.WriteBoolean("odd", happened.Odd);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static DateTimeOffset TimeOf(TraceEvent happened) => DateTimeOffset.FromUnixTimeMilliseconds(happened.Time);
}
