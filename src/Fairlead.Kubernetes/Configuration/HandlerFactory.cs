using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Kubernetes.Configuration;

/// <summary>Makes the connections: HTTP/2 where the server has it, TLS as the configuration says.</summary>
internal static class HandlerFactory
{
    public static SocketsHttpHandler Create(KubernetesConfiguration configuration)
    {
        SocketsHttpHandler handler = new()
        {
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A certificate or an address may change; a watch in it goes on to its end.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            EnableMultipleHttp2Connections = true,
            // Notices a server that is gone without a word, though only a watch is open.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (configuration.Proxy is { } proxy)
            handler.Proxy = new WebProxy(proxy);
        handler.SslOptions = TlsOptions(configuration);
        return handler;
    }

    private static SslClientAuthenticationOptions TlsOptions(KubernetesConfiguration configuration)
    {
        SslClientAuthenticationOptions options = new();
        if (configuration.TlsServerName is { } name)
            options.TargetHost = name;
        if (configuration.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            foreach (X509Certificate2 authority in authorities)
                // Only what signs itself can be a root; others help to build the chain.
                (
                    IsRoot(authority)
                        ? options.CertificateChainPolicy.CustomTrustStore
                        : options.CertificateChainPolicy.ExtraStore
                ).Add(authority);
        }

        if (configuration.SkipTlsVerify)
            // The user has written insecure-skip-tls-verify: true.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        if (configuration.Credential is { } credential)
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => credential.Certificate!;
        return options;
    }

    private static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
