using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Kubernetes.Configuration;

internal enum RenewCredential
{
    IfDue,

    /// <summary>The server has refused the last one.</summary>
    Now,
}

/// <summary>How we prove who we are: by a token in each request, or a certificate in each connection.</summary>
internal abstract class Credential
{
    /// <summary>The certificate for a new connection.</summary>
    public virtual X509Certificate2? Certificate => null;

    /// <summary>The token for the next request; null: there is none.</summary>
    public abstract ValueTask<string?> GetTokenAsync(RenewCredential renew, CancellationToken cancellationToken);
}

internal sealed class FixedCredential(string? token, X509Certificate2? certificate) : Credential
{
    public override X509Certificate2? Certificate => certificate;

    public override ValueTask<string?> GetTokenAsync(RenewCredential renew, CancellationToken cancellationToken) =>
        new(token);
}

/// <summary>
/// A token in a file that somebody else renews, as the kubelet does with a service account's (every hour or so, well before
/// it expires). Read again each minute, as client-go does.
/// </summary>
internal sealed class TokenFileCredential(string path, TimeProvider time) : Credential
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private string? _token;
    private long _read;

    public override ValueTask<string?> GetTokenAsync(RenewCredential renew, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_token is null || renew == RenewCredential.Now || time.GetElapsedTime(_read) >= s_period)
            {
                try
                {
                    _token = File.ReadAllText(path).Trim();
                }
                catch (Exception e) when (_token is not null && e is IOException or UnauthorizedAccessException)
                {
                    // The old one is good for a while.
                }

                _read = time.GetTimestamp();
            }

            return new ValueTask<string?>(_token);
        }
    }
}

/// <summary>A client certificate in files, looked at anew for each connection.</summary>
internal sealed class CertificateFileCredential(string certificatePath, string keyPath) : Credential
{
    private readonly Lock _lock = new();
    private X509Certificate2? _certificate;
    private DateTime _written;

    public override X509Certificate2? Certificate
    {
        get
        {
            lock (_lock)
            {
                DateTime written = File.GetLastWriteTimeUtc(certificatePath);
                if (_certificate is not null && written == _written)
                    return _certificate;
                try
                {
                    _certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
                    _written = written;
                }
                catch (Exception e) when (_certificate is not null && e is IOException or CryptographicException)
                {
                    // Half written: the next connection looks again.
                }

                return _certificate;
            }
        }
    }

    public override ValueTask<string?> GetTokenAsync(RenewCredential renew, CancellationToken cancellationToken) =>
        new((string?)null);
}
