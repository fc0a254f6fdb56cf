using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Kubernetes.Configuration;

/// <summary>What a credential plugin answers: client.authentication.k8s.io ExecCredential.</summary>
internal sealed record ExecCredential
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ExecCredentialStatus? Status { get; init; }
}

internal sealed record ExecCredentialStatus
{
    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }

    public DateTimeOffset? ExpirationTimestamp { get; init; }
}

/// <summary>How a kubeconfig says that a program is to be asked.</summary>
internal sealed record ExecSettings(
    string ApiVersion,
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<(string Name, string Value)> Environment,
    string? InstallHint
);

/// <summary>
/// A program that is asked for the credential (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
/// Its answer is kept until it expires or the server refuses it.
/// </summary>
internal sealed class ExecCredentialPlugin(ExecSettings settings, TimeProvider time) : Credential, IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _running = new(1);
    private volatile Answer? _answer;

    private sealed record Answer(string? Token, X509Certificate2? Certificate, DateTimeOffset? Expires);

    public override X509Certificate2? Certificate => _answer?.Certificate;

    public void Dispose() => _running.Dispose();

    public override async ValueTask<string?> GetTokenAsync(RenewCredential renew, CancellationToken cancellationToken)
    {
        Answer? seen = _answer;
        if (renew == RenewCredential.IfDue && IsValid(seen))
            return seen!.Token;
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Another request may have asked meanwhile.
            if (ReferenceEquals(_answer, seen) || !IsValid(_answer))
                _answer = Read(await RunAsync(cancellationToken).ConfigureAwait(false));
            return _answer!.Token;
        }
        finally
        {
            _running.Release();
        }
    }

    private bool IsValid(Answer? answer) =>
        answer is not null && (answer.Expires is not { } expires || time.GetUtcNow() < expires);

    private Answer Read(string output)
    {
        ExecCredentialStatus? status;
        try
        {
            status = JsonSerializer.Deserialize(output, KubernetesJson.Default.ExecCredential)?.Status;
        }
        catch (JsonException e)
        {
            throw Failure($"its answer is no ExecCredential: {e.Message}");
        }

        bool hasCertificate = status?.ClientCertificateData is not null && status.ClientKeyData is not null;
        if (status?.Token is null && !hasCertificate)
            throw Failure("its answer has neither a token nor a certificate with its key");
        X509Certificate2? certificate = hasCertificate
            ? X509Certificate2.CreateFromPem(status!.ClientCertificateData, status.ClientKeyData)
            : null;
        return new Answer(status!.Token, certificate, status.ExpirationTimestamp);
    }

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(settings.Command, settings.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in settings.Environment)
            start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject
        {
            ["apiVersion"] = settings.ApiVersion,
            ["kind"] = "ExecCredential",
            ["spec"] = new JsonObject { ["interactive"] = false },
        }.ToJsonString();

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_timeout);
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                string output = await process.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return process.ExitCode == 0 ? output : throw Failure($"it ended with status {process.ExitCode}");
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellationToken.ThrowIfCancellationRequested();
                throw Failure($"no answer within {s_timeout.TotalSeconds} s");
            }
        }
        catch (Win32Exception e)
        {
            throw Failure(settings.InstallHint is { } hint ? $"{e.Message}\n{hint}" : e.Message);
        }
    }

    private KubeconfigException Failure(string problem) => new($"credential plugin {settings.Command}: {problem}");
}
