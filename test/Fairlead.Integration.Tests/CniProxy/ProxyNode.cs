using System.Diagnostics;
using System.Globalization;
using System.Net;
using Fairlead.CniProxy.Client;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>
/// A node with the CNI proxy in it, the program itself, and a pod's network namespace. Default network is "podnet": bridge
/// and host-local of 10.77.0.0/24.
/// </summary>
internal sealed class ProxyNode : IAsyncDisposable
{
    public const string PodNetns = "/run/netns/pod";

    private const string Bridge =
        """{"type":"bridge","bridge":"cni0","isGateway":true,"capabilities":{"mac":true},"ipam":{"type":"host-local","ranges":[[{"subnet":"10.77.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}}""";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly List<ProxyClient> _clients = [];
    private Process? _proxy;

    private ProxyNode(TestNode node)
    {
        Node = node;
        Identity = $"--sandbox-file {node.Directory}/sandbox.json";
    }

    public TestNode Node { get; }

    /// <summary>What the proxy is told of where pods are known from; for its next start.</summary>
    public string Identity { get; set; }

    public string Socket => Path.Combine(Node.Directory, "run", "proxy.sock");

    public string HttpSocket => Path.Combine(Node.Directory, "run", "http.sock");

    private string Configuration => Path.Combine(Node.Directory, "net.d");

    private string Bin => Path.Combine(Node.Directory, "bin");

    /// <summary>A directory of files, each naming a place where the proxy or a plugin is to wait.</summary>
    public string Pauses => Path.Combine(Node.Directory, "pauses");

    private string PidFile => Path.Combine(Node.Directory, "proxy.pid");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ProxyNode> StartAsync()
    {
        Privileged.Require("bridge", "host-local", "ptp");
        ProxyNode node = new(await TestNode.StartAsync());
        Directory.CreateDirectory(node.Configuration);
        Directory.CreateDirectory(node.Bin);
        node.Configure("10-podnet", "podnet", Bridge);
        await node.Node.RunAsync("ip", "netns", "add", "pod");
        await node.Node.RunAsync("ip", "netns", "add", "other");
        await node.RecordSandboxAsync("sandbox-1");
        node.WritePolicy("""rules: [{networks: ["*"], maxAttachments: 4096, options: [mac, ips, bandwidth]}]""");
        await node.StartProxyAsync();
        return node;
    }

    public Task RecordSandboxAsync(string id) =>
        File.WriteAllBytesAsync(
            Path.Combine(Node.Directory, "sandbox.json"),
            new SandboxRecord(id, "libvirt", "fairlead", "uid-1", PodNetns).ToJson(),
            Cancellation
        );

    /// <summary>What the proxy lets the pod have; at first every network and every option.</summary>
    public void WritePolicy(string yaml) => File.WriteAllText(Path.Combine(Node.Directory, "policy.yaml"), yaml);

    /// <summary>The most memory that the proxy has had in use so far, in MiB (proc(5), VmHWM).</summary>
    public int PeakMemoryMib()
    {
        string processId = File.ReadAllText(PidFile).Trim();
        string line = File.ReadLines(Node.HostPath($"/proc/{processId}/status"))
            .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            / 1024;
    }

    /// <summary>Starts the proxy, again if it was killed, and waits until it listens.</summary>
    public async Task StartProxyAsync()
    {
        _proxy?.Dispose();
        _proxy = Launch();
        await Eventually.Async(
            () =>
            {
                if (_proxy.HasExited)
                    Assert.Fail(Log);
                return File.Exists(Socket) && Listens();
            },
            TimeSpan.FromSeconds(60),
            "the proxy listens"
        );
    }

    /// <summary>Starts a proxy beside the one that runs, if any, and does not wait for it.</summary>
    public Process Launch()
    {
        Directory.CreateDirectory(Pauses);
        string command =
            $"echo $$ > {PidFile}; export FAIRLEAD_TEST_PAUSES={Pauses}; exec {BuiltProgram.Fairlead} cni-proxy --socket {Socket} --data-dir {Node.Directory}/state "
            + $"--metrics-address unix:{HttpSocket} {Identity} --policy {Node.Directory}/policy.yaml --cni-conf-dir {Configuration} --cni-bin-dir {Bin} "
            + $"--cni-bin-dir /usr/lib/cni >> {Node.Directory}/proxy.log 2>&1";
        return Node.Start("sh", "-c", command);
    }

    public string Log => File.ReadAllText(Path.Combine(Node.Directory, "proxy.log"));

    /// <summary>Makes the proxy, or a plugin that looks for it, wait at a place until <see cref="Resume"/>.</summary>
    public void PauseAt(string place)
    {
        Resume(place);
        File.WriteAllText(Path.Combine(Pauses, place), "");
    }

    public Task PausedAtAsync(string place) =>
        Eventually.Async(
            () => File.Exists(Path.Combine(Pauses, $"{place}.reached")),
            s_patience,
            $"{place} is reached"
        );

    public void Resume(string place)
    {
        File.Delete(Path.Combine(Pauses, place));
        File.Delete(Path.Combine(Pauses, $"{place}.reached"));
    }

    /// <summary>Asks the proxy to stop, as a service manager does, and waits until it has.</summary>
    public async Task StopProxyAsync()
    {
        await SignalProxyAsync("TERM");
        await _proxy!.WaitForExitAsync(Cancellation).WaitAsync(s_patience, Cancellation);
    }

    public async Task SignalProxyAsync(string signal) =>
        await Node.RunAsync("kill", $"-{signal}", (await File.ReadAllTextAsync(PidFile, Cancellation)).Trim());

    /// <summary>Waits until nothing is left of any attachment: record, reservation, namespace that is held for it.</summary>
    public Task ReleasedAsync() =>
        Eventually.SucceedsAsync(
            () =>
            {
                Assert.Empty(Journal());
                Assert.Empty(Reservations());
                Assert.Empty(HeldNamespaces());
                return Task.CompletedTask;
            },
            s_patience,
            "all attachments are released"
        );

    /// <summary>Ends the proxy at once, as an out-of-memory kill does.</summary>
    public async Task KillProxyAsync()
    {
        await SignalProxyAsync("KILL");
        await _proxy!.WaitForExitAsync(Cancellation);
    }

    /// <summary>A client in a namespace of that name; null is the host's.</summary>
    public Task<ProxyClient> ClientAsync(string? netns) =>
        ClientBehindAsync(netns is null ? [] : ["nsenter", $"--net=/run/netns/{netns}"]);

    /// <summary>A client that other programs start in their way.</summary>
    public async Task<ProxyClient> ClientBehindAsync(params string[] launcher)
    {
        ProxyClient client = await ProxyClient.StartAsync(Node, Socket, launcher);
        _clients.Add(client);
        return client;
    }

    /// <summary>Writes a network configuration list of these plugins, "bridge" being the default network's.</summary>
    public void Configure(string file, string name, params string[] plugins)
    {
        string all = string.Join(',', plugins.Select(plugin => plugin == "bridge" ? Bridge : plugin));
        File.WriteAllText(
            Path.Combine(Configuration, $"{file}.conflist"),
            $$"""{"cniVersion":"1.0.0","name":"{{name}}","plugins":[{{all}}]}"""
        );
    }

    public void RemoveConfiguration(string file) => File.Delete(Path.Combine(Configuration, $"{file}.conflist"));

    /// <summary>A plugin that is a shell script; $CNI_COMMAND says what is asked.</summary>
    public void AddPlugin(string name, string script)
    {
        string path = Path.Combine(Bin, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>The addresses that host-local has given away in a network.</summary>
    public string[] Reservations(string network = "podnet")
    {
        string directory = Node.HostPath($"/var/lib/cni/networks/{network}");
        return Directory.Exists(directory)
            ?
            [
                .. Directory
                    .GetFiles(directory)
                    .Select(p => Path.GetFileName(p))
                    .Where(n => IPAddress.TryParse(n, out _)),
            ]
            : [];
    }

    /// <summary>The journal's files.</summary>
    public string[] Journal() => Directory.GetFiles(Path.Combine(Node.Directory, "state", "attachments"), "*.json");

    /// <summary>Where the proxy holds namespaces of pods.</summary>
    public string[] HeldNamespaces()
    {
        string directory = Path.Combine(Node.Directory, "run", "netns");
        return Directory.Exists(directory) ? Directory.GetFiles(directory) : [];
    }

    /// <summary>Links of the node itself.</summary>
    public Task<string> NodeLinksAsync() => Node.RunAsync("ip", "-br", "link");

    public Task<string> LinksAsync(string netns = "pod") => Node.RunAsync("ip", "-n", netns, "-br", "link");

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _proxy?.Dispose();
        foreach (ProxyClient client in _clients)
            client.Dispose();
    }

    private bool Listens()
    {
        using System.Net.Sockets.Socket probe = new(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        try
        {
            probe.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
