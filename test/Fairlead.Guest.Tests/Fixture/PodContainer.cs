using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Netlink;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Fixture;

/// <summary>
/// A pod without processes: a network namespace attached to the node's network by running its plugin by hand. Its
/// programs are sockets of the tests, made in that namespace.
/// </summary>
public sealed class PodContainer : IDisposable
{
    private const string Configuration = "/var/lib/fairlead/cni/net.d/10-fairlead.conflist";

    private readonly NetworkNamespace _namespace;

    private PodContainer(string name, IPAddress address, NetworkNamespace networkNamespace)
    {
        Name = name;
        Address = address;
        _namespace = networkNamespace;
    }

    public string Name { get; }

    public IPAddress Address { get; }

    public static async Task<PodContainer> StartAsync(TestNode node, string name)
    {
        await node.RunAsync("ip", "netns", "add", name);
        string configuration = PluginConfiguration(
            await File.ReadAllTextAsync(node.HostPath(Configuration), TestContext.Current.CancellationToken)
        );
        string path = $"/run/netns/{name}";
        // `bridge` is a program of iproute2 too: the directories of CNI come first.
        string script =
            "export CNI_PATH=/opt/cni/bin:/usr/lib/cni; export PATH=$CNI_PATH:$PATH CNI_COMMAND=ADD "
            + $"CNI_CONTAINERID={name} CNI_NETNS={path} CNI_IFNAME=eth0; exec bridge";
        CommandResult result = await node.ExecAsync(["sh", "-c", script], configuration);
        using JsonDocument added = JsonDocument.Parse(result.Output());
        string address = added.RootElement.GetProperty("ips")[0].GetProperty("address").GetString()!;
        return new PodContainer(
            name,
            IPAddress.Parse(address.Split('/')[0]),
            NetworkNamespace.Open(node.HostPath(path))
        );
    }

    /// <summary>A TCP connection from the pod.</summary>
    public async Task<TcpStream> ConnectAsync(string address, int port)
    {
        Socket socket = _namespace.Run(() =>
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        );
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address), port, TestContext.Current.CancellationToken);
            return new TcpStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Fetches a page from the pod.</summary>
    public async Task<string> GetAsync(string address, string path)
    {
        await using TcpStream connection = await ConnectAsync(address, 80);
        await connection.WriteAsync($"GET {path} HTTP/1.0\r\n\r\n");
        string response = await connection.ReadToEndAsync();
        string[] parts = response.Split("\r\n\r\n", 2);
        Assert.Matches("^HTTP/1.[01] 200", parts[0]);
        return parts[1];
    }

    /// <summary>Serves one page on port 80: the address that the request came from.</summary>
    public async Task ServeCallersAddressAsync(CancellationToken cancellationToken)
    {
        using Socket listener = _namespace.Run(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, 80));
            socket.Listen();
            return socket;
        });
        while (!cancellationToken.IsCancellationRequested)
        {
            using Socket connection = await listener.AcceptAsync(cancellationToken);
            byte[] request = new byte[2048];
            await connection.ReceiveAsync(request.AsMemory(), cancellationToken);
            string caller = ((IPEndPoint)connection.RemoteEndPoint!).Address.ToString();
            byte[] answer = Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\n\r\ncaller {caller}\n");
            await connection.SendAsync(answer.AsMemory(), cancellationToken);
            connection.Shutdown(SocketShutdown.Both);
        }
    }

    public void Dispose() => _namespace.Dispose();

    // The list's one plugin, as a runtime hands it over: with the list's name and version, without capabilities.
    private static string PluginConfiguration(string list)
    {
        JsonNode configuration = JsonNode.Parse(list)!;
        JsonObject plugin = configuration["plugins"]!.AsArray()[0]!.AsObject();
        plugin.Remove("capabilities");
        plugin["name"] = configuration["name"]!.GetValue<string>();
        plugin["cniVersion"] = configuration["cniVersion"]!.GetValue<string>();
        return plugin.ToJsonString();
    }
}
