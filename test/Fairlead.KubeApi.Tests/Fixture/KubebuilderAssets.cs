using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>etcd and kube-apiserver from one directory, as envtest has them.</summary>
internal sealed class KubebuilderAssets(string assets) : IApiServerProgram
{
    private const string Launch = """
        dir=$1 name=$2; shift 2
        setsid "$@" < /dev/null >> "$dir/$name.log" 2>&1 &
        stat=$(cat /proc/$!/stat); stat=${stat##*) }; set -- $stat
        echo "$! ${20}" > "$dir/$name.pid"
        """;

    private const string End = """
        for name in api etcd; do
            [ -f "$1/$name.pid" ] || continue
            read -r pid start < "$1/$name.pid"
            stat=$(cat /proc/$pid/stat 2> /dev/null) || continue
            stat=${stat##*) }; set -- "$1" $stat
            [ "${21}" != "$start" ] || kill -KILL "$pid"
        done
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task UpAsync(string target, IReadOnlyList<string> flags)
    {
        int etcd = FreePort();
        int api = FreePort();
        string etcdUrl = $"http://127.0.0.1:{etcd}";
        await LaunchAsync(
            target,
            "etcd",
            Path.Combine(assets, "etcd"),
            "--data-dir",
            Path.Combine(target, "etcd"),
            "--listen-client-urls",
            etcdUrl,
            "--advertise-client-urls",
            etcdUrl,
            "--listen-peer-urls",
            "http://127.0.0.1:0"
        );
        string key = Path.Combine(target, "sa.key");
        using (RSA rsa = RSA.Create(2048))
            await File.WriteAllTextAsync(key, rsa.ExportPkcs8PrivateKeyPem(), Cancellation);
        string tokens = Path.Combine(target, "tokens.csv");
        await File.WriteAllTextAsync(tokens, "test-admin,test-admin,test-admin,system:masters\n", Cancellation);
        await LaunchAsync(
            target,
            "api",
            [
                Path.Combine(assets, "kube-apiserver"),
                $"--etcd-servers={etcdUrl}",
                $"--cert-dir={target}/certs",
                "--bind-address=127.0.0.1",
                $"--secure-port={api.ToString(CultureInfo.InvariantCulture)}",
                "--service-account-issuer=https://127.0.0.1",
                $"--service-account-key-file={key}",
                $"--service-account-signing-key-file={key}",
                "--service-cluster-ip-range=10.96.0.0/16",
                "--disable-admission-plugins=ServiceAccount",
                "--authorization-mode=RBAC",
                $"--token-auth-file={tokens}",
                .. flags,
            ]
        );
        await File.WriteAllTextAsync(
            Path.Combine(target, "kubeconfig"),
            $$$$"""
            current-context: admin
            clusters: [{name: test, cluster: {server: "https://127.0.0.1:{{{{api}}}}", insecure-skip-tls-verify: true}}]
            users: [{name: admin, user: {token: test-admin}}]
            contexts: [{name: admin, context: {cluster: test, user: admin}}]
            """,
            Cancellation
        );
        await ApiServer.WaitUntilReadyAsync(api);
    }

    public async Task DownAsync(string target) => await Command.RunAsync(["bash", "-c", End, "bash", target]);

    private static async Task LaunchAsync(string directory, string name, params string[] argv) =>
        (await Command.RunAsync(["bash", "-c", Launch, "bash", directory, name, .. argv])).Output();

    private static int FreePort()
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
