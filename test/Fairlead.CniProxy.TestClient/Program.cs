using System.Globalization;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.TestClient;
using Fairlead.CniProxy.V1;

// A client of the CNI proxy as a process of its own, since the proxy knows its callers by their process's namespace.
// Argument: the socket. A request a line, its words separated by tabs: add KEY NETWORK INTERFACE MAC, send-add JSON, delete
// KEY, delete-of SANDBOX KEY, check KEY, list, networks, status, reap KEY SANDBOX, health SERVICE, services, unshare; and
// what only attackers do: send-raw HEX, connect COUNT, slow, bomb METHOD, repeat COUNT REQUEST, and with a connection that
// another process has opened inherit, list-inherited, end-opener. First comes its PID. An answer a line: "ok JSON", or "no
// REASON MESSAGE".
using CniProxyConnection proxy = new(args[0]);
Console.WriteLine(Environment.ProcessId);
while (Console.ReadLine() is { } line)
{
    string answer;
    try
    {
        // Not awaited: the loop stays on the main thread, whose namespaces are the process's.
        answer = $"ok {RunAsync(args[0], proxy, line.Split('\t')).GetAwaiter().GetResult()}";
    }
    catch (CniProxyException e)
    {
        answer = $"no {e.Reason ?? "-"} {e.Message.ReplaceLineEndings(" ")}";
    }

    Console.WriteLine(answer);
}

static async Task<string> RunAsync(string socket, CniProxyConnection proxy, string[] words)
{
    switch (words)
    {
        case ["add", var key, var network, var interfaceName, var mac]:
            Attachment added = await proxy.AddAsync(
                key,
                network.Length == 0 ? null : network,
                interfaceName,
                mac.Length == 0 ? null : mac,
                CancellationToken.None
            );
            return added.ToString();
        case ["send-add", var json]:
            return (await proxy.AddAsync(AddRequest.Parser.ParseJson(json), CancellationToken.None)).ToString();
        case ["send-raw", var hex]:
            // Fields that the contract does not know are kept and sent along.
            return (
                await proxy.AddAsync(AddRequest.Parser.ParseFrom(Convert.FromHexString(hex)), CancellationToken.None)
            ).ToString();
        case ["delete-of", var sandbox, var key]:
            return (
                await proxy.DeleteAsync(new DeleteRequest { Key = key, Sandbox = sandbox }, CancellationToken.None)
            ).ToString();
        case ["connect", var count]:
            return $"{Attack.Connect(socket, int.Parse(count, CultureInfo.InvariantCulture))}";
        case ["repeat", var count, .. var request]:
            return await Attack.RepeatAsync(
                int.Parse(count, CultureInfo.InvariantCulture),
                () => RunAsync(socket, proxy, request)
            );
        case ["bomb", var method]:
            return await Attack.SendBombAsync(socket, method);
        case ["inherit"]:
            return InheritedConnection.Open(socket);
        case ["list-inherited"]:
            return await InheritedConnection.ListAsync();
        case ["end-opener"]:
            return await InheritedConnection.EndOpenerAsync();
        case ["health", var service]:
            return await StandardServices.HealthAsync(socket, service);
        case ["services"]:
            return await StandardServices.ListAsync(socket);
        case ["slow"]:
            return await Attack.SendSlowlyAsync(socket);
        case ["check", var key]:
            return (await proxy.CheckAsync(new CheckRequest { Key = key }, CancellationToken.None)).ToString();
        case ["networks"]:
            ListNetworksResponse networks = new();
            networks.Networks.AddRange(await proxy.ListNetworksAsync(CancellationToken.None));
            return networks.ToString();
        case ["delete", var key]:
            await proxy.DeleteAsync(key, CancellationToken.None);
            return "{}";
        case ["list"]:
            ListAttachmentsResponse list = new();
            list.Attachments.AddRange(await proxy.ListAsync(CancellationToken.None));
            return list.ToString();
        case ["status"]:
            return (await proxy.StatusAsync(CancellationToken.None)).ToString();
        case ["reap", var key, var sandbox]:
            ReapResponse reaped = new();
            reaped.Attachments.AddRange(await proxy.ReapAsync(key, sandbox, CancellationToken.None));
            return reaped.ToString();
        case ["unshare"]:
            Unshare.Network();
            return "{}";
        default:
            throw new InvalidOperationException($"no request: {string.Join(' ', words)}");
    }
}
