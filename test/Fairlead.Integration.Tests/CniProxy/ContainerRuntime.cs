using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Fairlead.Testing;
using Google.Protobuf;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>
/// A real containerd with runc in a node, asked by CRI to make pods. Its messages are written field by field: they are
/// those that the proxy's own contract has no need of.
/// </summary>
internal sealed class ContainerRuntime : IAsyncDisposable
{
    private const string Image = "localhost/pause:1";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TestNode _node;
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly string _cgroup = $"fairlead-test-{Guid.NewGuid():N}";

    private ContainerRuntime(TestNode node)
    {
        _node = node;
        _process = node.Start("sh", "-c", $"exec containerd --config {Home}/config.toml > {Home}/log 2>&1");
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync });
    }

    public string SocketPath => $"{Home}/containerd.sock";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Home => Path.Combine(_node.Directory, "containerd");

    public static async Task<ContainerRuntime> StartAsync(TestNode node)
    {
        Privileged.Require("containerd", "runc", "ctr", "/bin/busybox");
        string path = Path.Combine(node.Directory, "containerd");
        Directory.CreateDirectory($"{path}/net.d");
        // Without CAP_SYS_RESOURCE runc could not lower its oom_score_adj.
        await File.WriteAllTextAsync(
            $"{path}/config.toml",
            $"""
            version = 2
            root = "{path}/root"
            state = "{path}/state"
            [grpc]
              address = "{path}/containerd.sock"
            [plugins."io.containerd.grpc.v1.cri"]
              restrict_oom_score_adj = true
              sandbox_image = "{Image}"
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "/usr/lib/cni"
                conf_dir = "{path}/net.d"
              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "native"
            """,
            Cancellation
        );
        await File.WriteAllTextAsync(
            $"{path}/net.d/10-pods.conflist",
            """{"cniVersion":"1.0.0","name":"pods","plugins":[{"type":"ptp","ipam":{"type":"host-local","ranges":[[{"subnet":"10.66.0.0/24"}]]}}]}""",
            Cancellation
        );
        ContainerRuntime runtime = new(node);
        string image = $"{path}/pause.tar";
        string script = Path.Combine(RepositoryPaths.Root, "eng", "pause-image.sh");
        await node.RunAsync("bash", script, Image, image);
        await Eventually.SucceedsAsync(
            async () => await node.RunAsync("ctr", "-a", runtime.SocketPath, "-n", "k8s.io", "images", "import", image),
            s_patience,
            "containerd takes the image"
        );
        return runtime;
    }

    /// <summary>Makes a pod's sandbox; its ID.</summary>
    public async Task<string> RunPodAsync(string name)
    {
        byte[] metadata = [.. Field(1, name), .. Field(2, $"uid-{name}"), .. Field(3, "vms")];
        byte[] label = [.. Field(1, "app"), .. Field(2, name)];
        byte[] configuration =
        [
            .. Field(1, metadata),
            .. Field(2, name),
            .. Field(3, $"{Home}/logs"),
            .. Field(6, label),
            .. Field(8, Field(1, $"/{_cgroup}")),
        ];
        return await CallAsync("RunPodSandbox", Field(1, configuration));
    }

    /// <summary>Makes a container in a sandbox and starts it; its ID.</summary>
    public async Task<string> RunContainerAsync(string sandbox, string podName)
    {
        byte[] metadata = [.. Field(1, podName), .. Field(2, $"uid-{podName}"), .. Field(3, "vms")];
        byte[] sandboxConfiguration =
        [
            .. Field(1, metadata),
            .. Field(3, $"{Home}/logs"),
            .. Field(8, Field(1, $"/{_cgroup}")),
        ];
        byte[] container =
        [
            .. Field(1, Field(1, "main")),
            .. Field(2, Field(1, Image)),
            .. Field(3, "/bin/sleep"),
            .. Field(4, "1000000"),
            .. Field(11, "main.log"),
        ];
        string id = await CallAsync(
            "CreateContainer",
            [.. Field(1, sandbox), .. Field(2, container), .. Field(3, sandboxConfiguration)]
        );
        await CallAsync("StartContainer", Field(1, id));
        return id;
    }

    public Task StopPodAsync(string sandbox) => CallAsync("StopPodSandbox", Field(1, sandbox));

    /// <summary>What puts a program into a container's cgroups, and into a network namespace.</summary>
    public string[] Enter(string container, string netns) =>
        [
            "nsenter",
            $"--net={netns}",
            "sh",
            "-c",
            $"for g in /sys/fs/cgroup/*/{_cgroup}/{container} /sys/fs/cgroup/{_cgroup}/{container}; do "
                + "[ ! -e $g ] || echo $$ > $g/cgroup.procs; done; exec \"$@\"",
            "sh",
        ];

    /// <summary>The network namespace of a container's first process, as a path of the node.</summary>
    public async Task<string> NetnsOfAsync(string container)
    {
        string processes = await _node.RunAsync(
            "sh",
            "-c",
            $"cat /sys/fs/cgroup/*/{_cgroup}/{container}/cgroup.procs /sys/fs/cgroup/{_cgroup}/{container}/cgroup.procs 2> /dev/null | head -n 1"
        );
        return $"/proc/{processes.Trim()}/ns/net";
    }

    /// <summary>Ends what is in the pods' cgroups and removes these, which are the machine's and would outlive the node.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Dispose();
        await Eventually.Async(() => Cgroups().ToArray().Count(IsInUse) == 0, s_patience, "the cgroups are removed");
    }

    /// <summary>Those of the test, the inner ones first.</summary>
    private IEnumerable<string> Cgroups() =>
        Directory
            .GetDirectories("/sys/fs/cgroup")
            .Append("/sys/fs/cgroup")
            .Select(hierarchy => Path.Combine(hierarchy, _cgroup))
            .Where(Directory.Exists)
            .SelectMany(top => Directory.GetDirectories(top).Append(top));

    private static bool IsInUse(string cgroup)
    {
        // A cgroup is removed by rmdir(2) alone, its files notwithstanding.
        string[] end =
        [
            "sh",
            "-c",
            "while read p; do kill -KILL $p; done < $0/cgroup.procs; rmdir $0; test -e $0",
            cgroup,
        ];
        using Process process = Process.Start(
            new ProcessStartInfo(end[0], end[1..]) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>One call; the first text field of its answer, or nothing.</summary>
    private async Task<string> CallAsync(string method, byte[] message)
    {
        byte[] length =
        [
            (byte)(message.Length >> 24),
            (byte)(message.Length >> 16),
            (byte)(message.Length >> 8),
            (byte)message.Length,
        ];
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://localhost/runtime.v1.RuntimeService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, .. length, .. message]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _http.SendAsync(request, Cancellation);
        byte[] answer = await response.Content.ReadAsByteArrayAsync(Cancellation);
        HttpResponseHeaders trailers = response.Headers.Contains("grpc-status")
            ? response.Headers
            : response.TrailingHeaders;
        string status = trailers.GetValues("grpc-status").Single();
        if (status != "0")
            Assert.Fail($"{method}: {status} {string.Join(' ', trailers.GetValues("grpc-message"))}");
        if (answer.Length <= 5)
            return "";
        CodedInputStream input = new(answer, 5, answer.Length - 5);
        return input.ReadTag() == WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited) ? input.ReadString() : "";
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] content)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }

        return stream.ToArray();
    }
}
