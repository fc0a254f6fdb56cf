using System.Text;
using Fairlead.Agent.V1;
using Fairlead.Cli.Tests.Fakes;
using Grpc.Core;

namespace Fairlead.Cli.Tests;

public sealed class ApplyTests : IDisposable
{
    private readonly ManifestFolder _folder = new();

    [Fact]
    public async Task File_IsCreatedThenUnchangedThenConfigured()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        string file = _folder.WriteMachine("web");

        CliResult first = await new TestCli(agent).RunAsync("apply", "-f", file);
        CliResult second = await new TestCli(agent).RunAsync("apply", "-f", file);
        await File.AppendAllTextAsync(file, "\nspec: {domain: {vcpu: 2}}\n", TestContext.Current.CancellationToken);
        CliResult third = await new TestCli(agent).RunAsync("apply", "-f", file);

        Assert.Equal(new CliResult(0, "virtualmachine.fairlead.dev/web created\n", ""), first);
        Assert.Equal(new CliResult(0, "virtualmachine.fairlead.dev/web unchanged\n", ""), second);
        Assert.Equal(new CliResult(0, "virtualmachine.fairlead.dev/web configured\n", ""), third);
    }

    [Fact]
    public async Task StandardInput_IsReadWithADash()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        const string manifest =
            """{"apiVersion":"fairlead.dev/v1alpha1","kind":"VirtualMachine","metadata":{"name":"web"}}""";

        CliResult result = await Typed(manifest, agent).RunAsync("apply", "-f", "-");

        Assert.Equal(new CliResult(0, "virtualmachine.fairlead.dev/web created\n", ""), result);
    }

    [Fact]
    public async Task Directory_TakesManifestsOfThatDirectoryOnly()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        _folder.WriteMachine("b");
        _folder.WriteMachine("a");
        _folder.Write("deeper/c.yml", File.ReadAllText(_folder.WriteMachine("b")).Replace("name: b", "name: c"));
        _folder.Write("README.md", "not a manifest");

        CliResult flat = await new TestCli(agent).RunAsync("apply", "-f", _folder.Path, "--dry-run=client");
        CliResult deep = await new TestCli(agent).RunAsync("apply", "-R", "-f", _folder.Path, "--dry-run=client");

        Assert.Equal(Created("(dry run)", "a", "b"), flat.Out);
        Assert.Equal(Created("(dry run)", "a", "b", "c"), deep.Out);
    }

    [Fact]
    public async Task DirectoryWithoutManifests_IsAnError()
    {
        CliResult result = await new TestCli().RunAsync("apply", "-f", _folder.Path, "--dry-run=client");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            $"error: {_folder.Path}: there is no *.yaml, *.yml or *.json in it (-R looks deeper)\n",
            result.Error
        );
    }

    [Fact]
    public async Task BadDocument_StopsNoGoodOne()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        string good = _folder.WriteMachine("web");
        string mixed = _folder.Write(
            "mixed.yaml",
            """
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: bad
            spec:
              domain: {vcpus: 2}
            ---
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: db
            """
        );

        CliResult result = await new TestCli(agent).RunAsync(
            "apply",
            "-f",
            mixed,
            "-f",
            good,
            "-f",
            "/nonexistent.yaml"
        );

        Assert.Equal(Created("", "db", "web"), result.Out);
        Assert.Equal(
            $"""
            error: /nonexistent.yaml: no such file or directory
            error: {mixed}:6:12: spec.domain.vcpus: unknown field; did you mean "vcpu"?

            """,
            result.Error
        );
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task AgentsErrors_GetTheirPlaceInTheFile()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        agent.Machines.ApplyErrors = request =>
            request.Manifest.Contains("name: db") ? [$"{request.Source}:6:7: spec.x: taken", "no space left"] : [];
        const string machine = "apiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\nmetadata:\n  name: ";
        string file = _folder.Write("two.yaml", $"{machine}web\n---\n{machine}db\n");

        CliResult result = await new TestCli(agent).RunAsync("apply", "-f", file);

        Assert.Equal("virtualmachine.fairlead.dev/web created\n", result.Out);
        // The second document's text begins at its marker, in line 5.
        Assert.Equal($"error: {file}:10:7: spec.x: taken\nerror: no space left\n", result.Error);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task ServerDryRun_ChangesNothing()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync(
            "apply",
            "-f",
            _folder.WriteMachine("web"),
            "--dry-run=server"
        );

        Assert.Equal(new CliResult(0, Created("(server dry run)", "web"), ""), result);
        Assert.True(Assert.Single(agent.Machines.Applied).DryRun);
        Assert.Empty(agent.Machines.List());
    }

    [Fact]
    public async Task ClientDryRun_NeedsNoAgentAndFindsMissingFiles()
    {
        string file = _folder.Write(
            "web.yaml",
            """
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: web
            spec:
              domain:
                os:
                  kernel: /nonexistent/vmlinuz
                devices:
                  disks:
                  - source:
                      file: /nonexistent/web.qcow2
            """
        );

        CliResult result = await new TestCli().RunAsync(
            "apply",
            "-f",
            file,
            "--dry-run=client",
            "--state-dir",
            "/nonexistent"
        );

        Assert.Equal(
            $"""
            error: {file}:8:15: spec.domain.os.kernel: "/nonexistent/vmlinuz" does not exist
            error: {file}:12:17: spec.domain.devices.disks[0].source.file: "/nonexistent/web.qcow2" does not exist

            """,
            result.Error
        );
        Assert.Equal("", result.Out);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task SameNameInTwoFiles_IsAnErrorInTheSecond()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        string first = _folder.WriteMachine("web");
        string second = _folder.Write(
            "web2.yaml",
            await File.ReadAllTextAsync(first, TestContext.Current.CancellationToken)
        );

        CliResult result = await new TestCli(agent).RunAsync("apply", "-f", first, "-f", second);

        Assert.Equal("virtualmachine.fairlead.dev/web created\n", result.Out);
        Assert.Equal(
            $"error: {second}:4:9: metadata.name: virtual machine default/web is in {first}:4 already\n",
            result.Error
        );
    }

    [Fact]
    public async Task SameFileTwice_IsReadOnce()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        string file = _folder.WriteMachine("web");

        CliResult result = await new TestCli(agent).RunAsync("apply", "-f", file, "-f", _folder.Path);

        Assert.Equal(new CliResult(0, "virtualmachine.fairlead.dev/web created\n", ""), result);
    }

    [Fact]
    public async Task Namespace_FillsSilentManifestsAndContradictsOthers()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        _folder.WriteMachine("silent");
        string other = _folder.Write(
            "other.yaml",
            """
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: other
              namespace: default
            """
        );

        CliResult result = await new TestCli(agent).RunAsync("apply", "-f", _folder.Path, "-n", "shop");

        Assert.Equal("shop/silent", Assert.Single(agent.Machines.List()).Key.ToString());
        Assert.Equal(
            $"error: {other}:5:14: metadata.namespace: \"default\" is not the namespace \"shop\" of -n\n",
            result.Error
        );
    }

    [Fact]
    public async Task ItemsOfAList_AreAppliedOneByOne()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db);
        string dump = (await new TestCli(agent).RunAsync("get", "vm", "-o", "yaml")).Out;
        await using FakeAgent empty = await FakeAgent.StartAsync();

        CliResult result = await Typed(dump, empty).RunAsync("apply", "-f", "-");

        Assert.Equal(Created("", "db", "web"), result.Out);
        Assert.Equal(2, empty.Machines.Applied.Count);
    }

    [Fact]
    public async Task UnreachableAgent_IsToldOnce()
    {
        CliResult result = await new TestCli().RunAsync([
            "apply",
            "-f",
            _folder.WriteMachine("a"),
            "-f",
            _folder.WriteMachine("b"),
            "--state-dir",
            _folder.Path,
        ]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: cannot reach the agent at {_folder.Path}/run/agent/agent.sock: ", result.Error);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task AgentThatMayNotBeAsked_SaysRunAsRoot()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        agent.Machines.Failure = new RpcException(new Status(StatusCode.PermissionDenied, "uid 1000 may not"));

        CliResult result = await new TestCli(agent).RunAsync("apply", "-f", _folder.WriteMachine("web"));

        Assert.Equal(new CliResult(1, "", "error: the agent refuses: uid 1000 may not; run this as root\n"), result);
    }

    [Fact]
    public async Task Manifest_ReachesTheAgentAsItWasWritten()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        const string text =
            "# the shop's\napiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\nmetadata: {name: web}\n";

        await new TestCli(agent).RunAsync("apply", "-f", _folder.Write("web.yaml", text));

        ApplyRequest request = Assert.Single(agent.Machines.Applied);
        Assert.Equal(text, request.Manifest);
    }

    public void Dispose() => _folder.Dispose();

    private static TestCli Typed(string text, FakeAgent agent) =>
        new(agent) { Input = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    private static string Created(string note, params string[] names) =>
        string.Concat(names.Select(name => $"virtualmachine.fairlead.dev/{name} created {note}".TrimEnd() + "\n"));
}
