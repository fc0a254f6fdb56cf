using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Fairlead.CniProxy.Client;

namespace Fairlead.Benchmarks.Proxy;

/// <summary>The CNI proxy, the program that users get, with one pod to serve.</summary>
internal sealed class ProxyProcess : IDisposable
{
    private const string Pod = "bench-pod";

    private readonly string _directory;
    private readonly Setting _setting;
    private readonly string _state;
    private Process? _process;

    /// <param name="setting">The program, and where the plugins are.</param>
    /// <param name="name">Of this proxy among others.</param>
    /// <param name="state">Its data directory, on the file system that is to be measured.</param>
    public ProxyProcess(Setting setting, string name, string state)
    {
        _setting = setting;
        _state = state;
        _directory = Directory.CreateDirectory($"/run/bench-proxy/{name}").FullName; // a tmpfs of the node's
        File.WriteAllBytes(
            Path.Combine(_directory, "sandbox.json"),
            new SandboxRecord("bench", Pod, "bench", "00000000-0000-0000-0000-000000000000", PodNetns).ToJson()
        );
        File.WriteAllText(
            Path.Combine(_directory, "policy.yaml"),
            "rules: [{networks: [\"*\"], maxAttachments: 4096}]\n"
        );
    }

    /// <summary>The pod's network namespace.</summary>
    public static string PodNetns => $"/run/netns/{Pod}";

    public string Socket => Path.Combine(_directory, "run", "proxy.sock");

    private static string ConfigurationDirectory => "/run/bench-proxy/net.d";

    /// <summary>Makes the pod and the networks.</summary>
    public static void Prepare(IEnumerable<NetworkChain> chains)
    {
        Commands.Run("ip", "netns", "add", Pod);
        Directory.CreateDirectory(ConfigurationDirectory);
        foreach (NetworkChain chain in chains)
            File.WriteAllText(Path.Combine(ConfigurationDirectory, $"{chain.NetworkName}.conflist"), chain.ListText);
    }

    /// <summary>Starts it; the time until it has told its administrator of that many attachments.</summary>
    public async Task<TimeSpan> StartAsync(int attachments)
    {
        long begin = Stopwatch.GetTimestamp();
        _process = Start();
        while (!await ListsAsync(attachments))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"the proxy ended: {File.ReadAllText(LogPath)}");
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
        return Stopwatch.GetElapsedTime(begin);
    }

    /// <summary>Ends it at once; what it has on record stays.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>What of it is in memory now: VmRSS of proc(5), in MiB.</summary>
    public double ResidentMib()
    {
        string line = File.ReadLines($"/proc/{_process!.Id}/status")
            .First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            / 1024;
    }

    public void Dispose()
    {
        if (_process is not null)
            Kill();
    }

    private string LogPath => Path.Combine(_directory, "log");

    private Process Start()
    {
        string[] arguments =
        [
            "cni-proxy",
            .. (string[])["--socket", Socket],
            .. (string[])["--data-dir", _state],
            .. (string[])["--sandbox-file", Path.Combine(_directory, "sandbox.json")],
            .. (string[])["--policy", Path.Combine(_directory, "policy.yaml")],
            .. (string[])["--cni-conf-dir", ConfigurationDirectory],
            .. (string[])["--cni-bin-dir", _setting.PluginDirectory],
        ];
        // Its log into a file, as `fairlead up` does it; the shell becomes the proxy.
        string[] shell = ["-c", $"exec \"$@\" > {LogPath} 2>&1", "sh", _setting.Program, .. arguments];
        return Process.Start(new ProcessStartInfo("/bin/sh", shell) { UseShellExecute = false })!;
    }

    private async Task<bool> ListsAsync(int attachments)
    {
        if (!Listens())
            return false;
        using CniProxyConnection proxy = new(Socket);
        int listed = (await proxy.ListAsync(CancellationToken.None)).Count;
        return listed == attachments
            ? true
            : throw new InvalidOperationException($"the proxy lists {listed} attachments, not {attachments}");
    }

    // gRPC waits a second before it tries again; this does not.
    private bool Listens()
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
