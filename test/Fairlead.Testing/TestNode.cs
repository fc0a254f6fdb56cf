using System.Diagnostics;
using System.Globalization;

namespace Fairlead.Testing;

/// <summary>
/// A node for one test, made of namespaces by <c>eng/node.sh</c> (which says what it consists of): CNI plugins, iptables,
/// libvirtd and <c>ip netns</c> work in it and touch nothing of the machine. It ends with the test process, whatever
/// becomes of that.
/// </summary>
public sealed class TestNode : IAsyncDisposable
{
    // `node.sh run`; the node lives until its standard input ends, that is until we do.
    private readonly Process _holder;
    private bool _isDisposed;

    private TestNode(string directory, Process holder, int processId)
    {
        Directory = directory;
        _holder = holder;
        ProcessId = processId;
    }

    /// <summary>A directory for the test, the same path inside and outside. It is removed with the node.</summary>
    public string Directory { get; }

    /// <summary>The PID of the node's init, as seen from outside.</summary>
    public int ProcessId { get; }

    /// <summary>Starts a node, in about 0.1 s. Without root the test is skipped; in CI it fails.</summary>
    public static async Task<TestNode> StartAsync()
    {
        Privileged.Require("unshare", "nsenter", "ip", "nft");
        string directory = System.IO.Directory.CreateTempSubdirectory("fl-node-").FullName;
        Process holder = Command.Start([RepositoryPaths.NodeScript, "run", directory]);
        string? line = await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (int.TryParse(line, CultureInfo.InvariantCulture, out int processId))
            return new TestNode(directory, holder, processId);

        string error = await holder.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        holder.Dispose();
        System.IO.Directory.Delete(directory, recursive: true);
        throw new InvalidOperationException($"no node: {error}");
    }

    /// <summary>Where a path of the node is found from outside, for reading and writing its files.</summary>
    public string HostPath(string path) => $"/proc/{ProcessId}/root{path}";

    /// <summary>Runs a command in the node; what it says and its exit status are in the result.</summary>
    public Task<CommandResult> ExecAsync(params string[] argv) => ExecAsync(argv, input: null);

    /// <inheritdoc cref="ExecAsync(string[])"/>
    /// <param name="argv">The program and its arguments.</param>
    /// <param name="input">Its standard input; empty if null.</param>
    /// <param name="timeout"><see cref="Command.DefaultTimeout"/> if null.</param>
    public Task<CommandResult> ExecAsync(IReadOnlyList<string> argv, string? input, TimeSpan? timeout = null) =>
        Command.RunAsync(Enter(argv), input, timeout);

    /// <summary>Runs a command in the node and returns its output; the test fails if the command does.</summary>
    public async Task<string> RunAsync(params string[] argv) => (await ExecAsync(argv)).Output();

    /// <summary>Starts a command that stays, with its three streams redirected. It ends with the node.</summary>
    public Process Start(params string[] argv) => Command.Start(Enter(argv));

    /// <summary>Ends every process in the node, and with them its namespaces, links and mounts.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _holder.StandardInput.Close();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));
        try
        {
            await _holder.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // `unshare --kill-child`: with it goes the node's init, and with that one everything else.
            _holder.Kill();
        }
        await Command.RunAsync([RepositoryPaths.NodeScript, "stop", Directory]);
        _holder.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private List<string> Enter(IReadOnlyList<string> argv) =>
        [RepositoryPaths.NodeScript, "exec", Directory, "--", .. argv];
}
