using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Fairlead.Kubernetes.Configuration;

namespace Fairlead.Kubernetes.Tests;

public sealed class KubeconfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Token_NamespaceAndServer_AreTakenFromTheCurrentContext()
    {
        string file = Write(
            "config",
            """
            current-context: b
            clusters: [{name: one, cluster: {server: "https://one:6443"}}, {name: two, cluster: {server: "https://two:6443/prefix"}}]
            users: [{name: u, user: {token: secret}}]
            contexts:
            - {name: a, context: {cluster: one, user: u}}
            - {name: b, context: {cluster: two, user: u, namespace: web}}
            """
        );

        KubernetesConfiguration b = KubernetesConfiguration.Load(file);
        KubernetesConfiguration a = KubernetesConfiguration.Load(file, "a");

        Assert.Equal(("https://two:6443/prefix", "web"), (b.Server.AbsoluteUri, b.Namespace));
        Assert.Equal(("https://one:6443/", "default"), (a.Server.AbsoluteUri, a.Namespace));
        Assert.Equal("secret", await TokenOf(b));
    }

    [Fact]
    public async Task SeveralFiles_AreMerged_AndTheFirstEntryCounts()
    {
        string first = Write("1", "{current-context: c, users: [{name: u, user: {token: first}}]}");
        string second = Write(
            "2",
            """
            current-context: other
            clusters: [{name: k, cluster: {server: "https://k"}}]
            users: [{name: u, user: {token: second}}]
            contexts: [{name: c, context: {cluster: k, user: u}}]
            """
        );

        KubernetesConfiguration merged = Kubeconfig.Load([first, "/does/not/exist", second]).ToConfiguration(null);

        Assert.Equal("https://k/", merged.Server.AbsoluteUri);
        Assert.Equal("first", await TokenOf(merged));
    }

    [Fact]
    public void ClientCertificate_IsTakenFromFilesBesideTheFile_OrFromTheData()
    {
        (string certificate, string key) = MakeCertificate("alice");
        Write("c.pem", certificate);
        Write("k.pem", key);
        string files = Config("client-certificate: c.pem, client-key: k.pem", "certificate-authority: c.pem");
        string data = Config(
            $"client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}",
            $"certificate-authority-data: {Base64(certificate)}"
        );

        foreach (string text in new[] { files, data })
        {
            KubernetesConfiguration configuration = KubernetesConfiguration.Load(Write("config", text));
            Assert.Equal("CN=alice", configuration.Credential!.Certificate!.Subject);
            Assert.True(configuration.Credential.Certificate.HasPrivateKey);
            Assert.Single(configuration.Authorities!);
        }
    }

    [Fact]
    public async Task ExecPlugin_IsAskedOnce_UntilItsAnswerExpires_OrIsRefused()
    {
        string program = Write(
            "plugin.sh",
            """
            #!/bin/sh
            echo x >> "$(dirname "$0")/runs"
            echo "$KUBERNETES_EXEC_INFO $1 $MORE" > "$(dirname "$0")/info"
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t'$(wc -l < "$(dirname "$0")/runs" | tr -d ' ')'","expirationTimestamp":"2026-01-02T03:00:00Z"}}'
            """
        );
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        ManualClock clock = new(new DateTimeOffset(2026, 1, 2, 2, 0, 0, TimeSpan.Zero));
        using ExecCredentialPlugin plugin = new(
            new ExecSettings("client.authentication.k8s.io/v1", program, ["arg"], [("MORE", "more")], null),
            clock
        );

        Assert.Equal("t1", await Token(plugin));
        Assert.Equal("t1", await Token(plugin));
        Assert.Equal("t2", await Token(plugin, RenewCredential.Now));
        clock.Now += TimeSpan.FromHours(2);
        Assert.Equal("t3", await Token(plugin));
        string info = await File.ReadAllTextAsync(
            Path.Combine(_directory, "info"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(
            """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}} arg more""",
            info.Trim()
        );
    }

    [Fact]
    public async Task ExecPluginThatFails_IsNamed_WithItsHint()
    {
        string file = Write(
            "config",
            Config(
                "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./missing, installHint: get it there}",
                "tls-server-name: x"
            )
        );
        KubernetesConfiguration configuration = KubernetesConfiguration.Load(file);

        KubeconfigException e = await Assert.ThrowsAsync<KubeconfigException>(() => TokenOf(configuration).AsTask());

        Assert.Contains($"credential plugin {_directory}/./missing: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("get it there", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceAccountToken_IsReadAnew_AfterAMinute_OrWhenRefused()
    {
        Write("token", "one\n");
        Write("ca.crt", MakeCertificate("ca").Certificate);
        Write("namespace", "fairlead");
        ManualClock clock = new(DateTimeOffset.UnixEpoch);
        KubernetesConfiguration configuration = InCluster.Load(_directory, clock);

        Assert.Equal("fairlead", configuration.Namespace);
        Assert.Equal("one", await TokenOf(configuration));
        Write("token", "two\n");
        Assert.Equal("one", await TokenOf(configuration));
        clock.Now += TimeSpan.FromSeconds(61);
        Assert.Equal("two", await TokenOf(configuration));
        Write("token", "three\n");
        Assert.Equal("three", await Token(configuration.Credential!, RenewCredential.Now));
        File.Delete(Path.Combine(_directory, "token"));
        Assert.Equal("three", await Token(configuration.Credential!, RenewCredential.Now));
    }

    [Theory]
    [InlineData("{", "kubeconfig {file}: ")]
    [InlineData("{}", "kubeconfig {file}: no current-context")]
    [InlineData("{current-context: x}", "kubeconfig {file}: there is no context \"x\"")]
    [InlineData(
        "{current-context: x, contexts: [{name: x, context: {cluster: k}}], clusters: [{name: k, cluster: {server: nonsense}}]}",
        "kubeconfig {file}: server \"nonsense\" is no http(s) URL"
    )]
    public void BadFile_IsNamed(string text, string message)
    {
        string file = Write("config", text);

        KubeconfigException e = Assert.Throws<KubeconfigException>(() => KubernetesConfiguration.Load(file));

        Assert.StartsWith(
            message.Replace("{file}", file, StringComparison.Ordinal),
            e.Message,
            StringComparison.Ordinal
        );
    }

    private static string Config(string user, string cluster) =>
        $$$$"""
            current-context: c
            clusters: [{name: k, cluster: {server: "https://k", {{{{cluster}}}}}}]
            users: [{name: u, user: { {{{{user}}}} }}]
            contexts: [{name: c, context: {cluster: k, user: u}}]
            """;

    private static (string Certificate, string Key) MakeCertificate(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest(
            $"CN={name}",
            key,
            HashAlgorithmName.SHA256
        ).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static ValueTask<string?> TokenOf(KubernetesConfiguration configuration) =>
        Token(configuration.Credential!);

    private static ValueTask<string?> Token(Credential credential, RenewCredential renew = RenewCredential.IfDue) =>
        credential.GetTokenAsync(renew, TestContext.Current.CancellationToken);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
