using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>A way to get an API server: writes kubeconfig, api.pid and etcd.pid ("PID START") into a directory.</summary>
public interface IApiServerProgram
{
    Task UpAsync(string directory, IReadOnlyList<string> flags);

    Task DownAsync(string directory);

    /// <summary>The one that this machine has; with none the test is skipped, in CI it fails.</summary>
    static IApiServerProgram Find()
    {
        if (Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } assets)
            return new KubebuilderAssets(assets);
        if (Environment.GetEnvironmentVariable("FAIRLEAD_KUBE_TEST_API") is { Length: > 0 } directory)
            return new KubeTestApi(directory);
        const string Hint =
            "needs an API server: set KUBEBUILDER_ASSETS to a directory with kube-apiserver and etcd "
            + "(go run sigs.k8s.io/controller-runtime/tools/setup-envtest@latest use -p path), "
            + "or FAIRLEAD_KUBE_TEST_API to the directory of kube-test-api";
        if (Privileged.IsContinuousIntegration)
            Assert.Fail(Hint);
        Assert.Skip(Hint);
        return null!;
    }
}

/// <summary>The script kube-test-api: Kubernetes' API machinery in one program.</summary>
internal sealed class KubeTestApi(string directory) : IApiServerProgram
{
    private readonly string _script = Path.Combine(directory, "kube-test-api");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task UpAsync(string directory, IReadOnlyList<string> flags)
    {
        // Tokens of our own: the server's are others after each start.
        string tokens = Path.Combine(directory, "tokens.csv");
        await File.WriteAllTextAsync(tokens, "test-admin,test-admin,test-admin,system:masters\n", Cancellation);
        (
            await Command.RunAsync(
                [_script, "up", directory, "--token-auth-file", tokens, .. flags],
                timeout: TimeSpan.FromMinutes(2)
            )
        ).Output();
        string kubeconfig = Path.Combine(directory, "kubeconfig");
        string text = await File.ReadAllTextAsync(kubeconfig, Cancellation);
        text = System.Text.RegularExpressions.Regex.Replace(
            text,
            "token: [^}]*}",
            "token: test-admin}",
            System.Text.RegularExpressions.RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );
        await File.WriteAllTextAsync(Path.Combine(directory, "kubeconfig.new"), text, Cancellation);
        File.Move(Path.Combine(directory, "kubeconfig.new"), kubeconfig, overwrite: true);
    }

    public async Task DownAsync(string directory) =>
        (await Command.RunAsync([_script, "down", directory], timeout: TimeSpan.FromMinutes(1))).Output();
}
