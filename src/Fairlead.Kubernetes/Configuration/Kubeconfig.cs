using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Fairlead.Kubernetes.Configuration;

/// <summary>
/// kubeconfig files, merged as kubectl merges them: of several entries of one name the first counts, and so does the first
/// current context. Paths in a file are relative to that file.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly Dictionary<string, YamlView> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlView> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlView> _contexts = new(StringComparer.Ordinal);
    private readonly string _files;
    private string? _currentContext;

    private Kubeconfig(string files) => _files = files;

    public static Kubeconfig Load(IReadOnlyList<string> paths)
    {
        Kubeconfig kubeconfig = new(string.Join(':', paths));
        string[] present = [.. paths.Where(File.Exists)];
        if (present is [])
            throw new KubeconfigException($"kubeconfig {kubeconfig._files} is not there");
        foreach (string path in present)
            kubeconfig.Add(path);
        return kubeconfig;
    }

    /// <param name="context">Null: the current one.</param>
    public KubernetesConfiguration ToConfiguration(string? context)
    {
        context ??= _currentContext ?? throw Failure("no current-context; name one");
        YamlView chosen = Entry(_contexts, "context", context);
        YamlView cluster = Entry(
            _clusters,
            "cluster",
            chosen.Text("cluster") ?? throw Failure($"context {context} names no cluster")
        );
        YamlView? user = chosen.Text("user") is { } name ? Entry(_users, "user", name) : null;
        string server = cluster.Text("server") ?? throw Failure($"the cluster of context {context} has no server");
        if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            throw Failure($"server \"{server}\" is no http(s) URL");
        return new KubernetesConfiguration(uri)
        {
            Namespace = chosen.Text("namespace") ?? "default",
            Authorities = Authorities(cluster),
            TlsServerName = cluster.Text("tls-server-name"),
            SkipTlsVerify = cluster.Text("insecure-skip-tls-verify") == "true",
            Proxy = cluster.Text("proxy-url") is { } proxy ? new Uri(proxy) : null,
            Credential = user is null ? null : CredentialOf(user),
            Headers = user is null ? [] : [.. Impersonation(user)],
        };
    }

    private void Add(string path)
    {
        YamlStream stream = [];
        try
        {
            using StreamReader reader = new(path);
            stream.Load(reader);
        }
        catch (Exception e) when (e is YamlException or IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"kubeconfig {path}: {e.Message}", e);
        }

        if (stream.Documents is [] || stream.Documents[0].RootNode is not YamlMappingNode root)
            return;
        YamlView file = new(root, Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (string.IsNullOrEmpty(_currentContext))
            _currentContext = file.Text("current-context");
        Collect(file, "clusters", "cluster", _clusters);
        Collect(file, "users", "user", _users);
        Collect(file, "contexts", "context", _contexts);
    }

    private static void Collect(YamlView file, string list, string key, Dictionary<string, YamlView> entries)
    {
        foreach (YamlView entry in file.Items(list))
        {
            if (entry.Text("name") is { } name && entry.Map(key) is { } value)
                entries.TryAdd(name, value);
        }
    }

    private YamlView Entry(Dictionary<string, YamlView> entries, string what, string name) =>
        entries.TryGetValue(name, out YamlView? entry) ? entry : throw Failure($"there is no {what} \"{name}\"");

    private X509Certificate2Collection? Authorities(YamlView cluster)
    {
        if (PemOf(cluster, "certificate-authority") is not { } pem)
            return null;
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(pem);
        return authorities is [] ? throw Failure("certificate-authority has no certificate") : authorities;
    }

    private Credential? CredentialOf(YamlView user)
    {
        if (user.Map("exec") is { } exec)
            return new ExecCredentialPlugin(ExecSettingsOf(exec), TimeProvider.System);
        if (user.Map("auth-provider") is not null)
            throw Failure("auth-provider has been gone from Kubernetes since 1.26; use an exec plugin");
        if (user.Text("username") is not null)
            throw Failure("username and password have been gone from Kubernetes since 1.19");
        if (user.Text("token") is { } token)
            return new FixedCredential(token, CertificateOf(user));
        if (user.Path("tokenFile") is { } file)
            return new TokenFileCredential(file, TimeProvider.System);
        if (user.Path("client-certificate") is { } certificate && user.Path("client-key") is { } key)
            return new CertificateFileCredential(certificate, key);
        return CertificateOf(user) is { } fixedCertificate ? new FixedCredential(null, fixedCertificate) : null;
    }

    private X509Certificate2? CertificateOf(YamlView user)
    {
        if (PemOf(user, "client-certificate") is not { } certificate)
            return null;
        string key = PemOf(user, "client-key") ?? throw Failure("client-certificate without client-key");
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException e)
        {
            throw Failure($"client-certificate: {e.Message}");
        }
    }

    private ExecSettings ExecSettingsOf(YamlView exec)
    {
        string command = exec.Text("command") ?? throw Failure("exec has no command");
        // A relative path with a slash is relative to the file; a bare name is looked for in PATH.
        if (command.Contains('/', StringComparison.Ordinal))
            command = exec.Path("command")!;
        return new ExecSettings(
            exec.Text("apiVersion") ?? "client.authentication.k8s.io/v1",
            command,
            exec.Texts("args"),
            [.. exec.Items("env").Select(e => (e.Text("name") ?? "", e.Text("value") ?? ""))],
            exec.Text("installHint")
        );
    }

    private static IEnumerable<(string, string)> Impersonation(YamlView user)
    {
        if (user.Text("as") is { } name)
            yield return ("Impersonate-User", name);
        foreach (string group in user.Texts("as-groups"))
            yield return ("Impersonate-Group", group);
    }

    /// <summary>The text of <c>FIELD-data</c> (base64), or of the file that <c>FIELD</c> names.</summary>
    private string? PemOf(YamlView entry, string field)
    {
        try
        {
            return entry.Text(field + "-data") is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
                : entry.Path(field) is { } path ? File.ReadAllText(path)
                : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw Failure($"{field}: {e.Message}");
        }
    }

    private KubeconfigException Failure(string problem) => new($"kubeconfig {_files}: {problem}");
}
