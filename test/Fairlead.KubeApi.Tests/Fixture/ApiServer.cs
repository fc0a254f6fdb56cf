using System.Diagnostics;
using System.Globalization;
using System.Net;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>
/// A real API server with an etcd of its own, on loopback. It may be stopped and started again on the same port and data,
/// as in an outage.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    private static readonly TimeSpan s_ready = TimeSpan.FromSeconds(60);

    private readonly IApiServerProgram _program;
    private readonly string _directory;
    private string[] _commandLine = [];

    private ApiServer(IApiServerProgram program, string directory) => (_program, _directory) = (program, directory);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The administrator's.</summary>
    public string Kubeconfig => Path.Combine(_directory, "kubeconfig");

    public int Port => new Uri(KubernetesConfiguration.Load(Kubeconfig).Server.AbsoluteUri).Port;

    private string PidFile => Path.Combine(_directory, "api.pid");

    /// <summary>Starts one; without a program for it the test is skipped, in CI it fails.</summary>
    public static async Task<ApiServer> StartAsync(params string[] flags)
    {
        IApiServerProgram program = IApiServerProgram.Find();
        string directory = Directory.CreateTempSubdirectory("fl-kube-").FullName;
        ApiServer server = new(program, directory);
        try
        {
            await program.UpAsync(directory, flags);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    public KubernetesClient Connect() => new(KubernetesConfiguration.Load(Kubeconfig));

    /// <summary>A client that reaches the server by way of a relay.</summary>
    public KubernetesClient ConnectThrough(TcpRelay relay)
    {
        string through = Path.Combine(_directory, $"kubeconfig-{relay.Port}");
        File.WriteAllText(through, KubeconfigThrough(relay));
        return new KubernetesClient(KubernetesConfiguration.Load(through));
    }

    /// <summary>A client with the rights and the namespace of a service account.</summary>
    public KubernetesClient ConnectAs(ServiceAccount account)
    {
        string file = Path.Combine(_directory, $"kubeconfig-{account.Name}");
        File.WriteAllText(file, account.In(File.ReadAllText(Kubeconfig)));
        return new KubernetesClient(KubernetesConfiguration.Load(file));
    }

    /// <summary>The text of a kubeconfig that names the relay.</summary>
    public string KubeconfigThrough(TcpRelay relay, ServiceAccount? account = null)
    {
        string text = File.ReadAllText(Kubeconfig)
            .Replace(
                $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}",
                $"127.0.0.1:{relay.Port.ToString(CultureInfo.InvariantCulture)}",
                StringComparison.Ordinal
            );
        return account is null ? text : account.In(text);
    }

    /// <summary>Kills the server; etcd and the data stay.</summary>
    public async Task StopAsync()
    {
        int pid = int.Parse(
            (await File.ReadAllTextAsync(PidFile, Cancellation)).Split(' ')[0],
            CultureInfo.InvariantCulture
        );
        _commandLine = (await File.ReadAllTextAsync($"/proc/{pid}/cmdline", Cancellation)).Split(
            '\0',
            StringSplitOptions.RemoveEmptyEntries
        );
        using Process process = Process.GetProcessById(pid);
        (await Command.RunAsync(["kill", "-KILL", pid.ToString(CultureInfo.InvariantCulture)])).Output();
        await Eventually.Async(
            () => !Directory.Exists($"/proc/{pid}") || IsZombie(pid),
            s_ready,
            "the API server has ended"
        );
    }

    /// <summary>Starts it again as it was.</summary>
    public async Task StartAgainAsync()
    {
        string script = """
            dir=$1; shift
            setsid "$@" < /dev/null >> "$dir/api.log" 2>&1 &
            stat=$(cat /proc/$!/stat); stat=${stat##*) }; set -- $stat
            echo "$! ${20}" > "$dir/api.pid"
            """;
        int port = Port;
        string[] fixedPort = _commandLine.Any(a => a.StartsWith("--secure-port", StringComparison.Ordinal))
            ? []
            : [$"--secure-port={port}"];
        (await Command.RunAsync(["bash", "-c", script, "bash", _directory, .. _commandLine, .. fixedPort])).Output();
        await WaitUntilReadyAsync(port);
    }

    /// <summary>Makes etcd forget everything before this version, as it does by itself every five minutes in a cluster.</summary>
    public async Task CompactAsync(string resourceVersion)
    {
        string etcd = (await File.ReadAllTextAsync($"/proc/{await EtcdPidAsync()}/cmdline", Cancellation))
            .Split('\0')
            .SkipWhile(a => a != "--listen-client-urls")
            .Skip(1)
            .First();
        using HttpClient http = new();
        using StringContent body = new($$"""{"revision": {{resourceVersion}}, "physical": true}""");
        using HttpResponseMessage response = await http.PostAsync(etcd + "/v3/kv/compaction", body, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DownAsync(_directory);
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<string> EtcdPidAsync() =>
        (await File.ReadAllTextAsync(Path.Combine(_directory, "etcd.pid"), Cancellation)).Split(' ')[0];

    // Its parent is gone; who adopted it may not have reaped it yet.
    private static bool IsZombie(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].TrimStart().StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }

    internal static async Task WaitUntilReadyAsync(int port)
    {
        using SocketsHttpHandler handler = new();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using HttpClient http = new(handler);
        await Eventually.Async(
            async () =>
            {
                using HttpResponseMessage response = await http.GetAsync(
                    $"https://127.0.0.1:{port}/readyz",
                    Cancellation
                );
                return response.IsSuccessStatusCode;
            },
            s_ready,
            "the API server is ready"
        );
    }
}
