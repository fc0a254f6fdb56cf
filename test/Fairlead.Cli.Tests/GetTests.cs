using Fairlead.Cli.Tests.Fakes;
using Fairlead.Crds;

namespace Fairlead.Cli.Tests;

public class GetTests
{
    [Fact]
    public async Task Table_HasKubectlsColumns()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db, Machines.InShop);

        CliResult result = await new TestCli(agent).RunAsync("get", "vm");

        Assert.Equal(
            """
            NAME   PHASE     IP          NODE     AGE
            db     Pending   <none>      <none>   5s
            web    Running   10.88.0.4   node1    3m12s

            """,
            result.Out
        );
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Wide_AddsMacNetworkPolicyReadyHypervisorAndEveryAddress()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.WebRetained, Machines.Db);

        CliResult result = await new TestCli(agent).RunAsync("get", "vms", "-o", "wide");

        Assert.Equal(
            """
            NAME   PHASE     IP                  NODE     AGE     MAC                 NETWORK   POLICY   READY     HYPERVISOR
            db     Pending   <none>              <none>   5s      <none>              <none>    <none>   Unknown   <none>
            web    Running   10.88.0.4,fd00::4   node1    3m12s   00:11:22:33:44:55   podnet    Retain   True      qemu

            """,
            result.Out
        );
    }

    [Fact]
    public async Task AllNamespaces_ShowsTheNamespace()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.InShop);

        CliResult result = await new TestCli(agent).RunAsync("get", "vm", "-A", "--no-headers");

        Assert.Equal(
            """
            default   web   Running   10.88.0.4   node1    3m12s
            shop      db    Pending   <none>      <none>   5s

            """,
            result.Out
        );
    }

    [Fact]
    public async Task OneName_InJson_IsTheObjectItself()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Db);

        CliResult result = await new TestCli(agent).RunAsync("get", "vm/db", "-o", "json");

        Assert.StartsWith(
            "{\n    \"apiVersion\": \"fairlead.dev/v1alpha1\",\n    \"kind\": \"VirtualMachine\"",
            result.Out
        );
        Assert.Contains("\"name\": \"db\"", result.Out);
    }

    [Fact]
    public async Task Several_InYaml_AreAList()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db);

        CliResult result = await new TestCli(agent).RunAsync("get", "vm", "-o", "yaml");

        Assert.StartsWith("apiVersion: v1\nitems:\n", result.Out);
        Assert.Contains("\nkind: List\n", result.Out);
        Assert.Equal(2, ManifestReader.Read(result.Out, "get").Documents.Count);
    }

    [Fact]
    public async Task Nothing_InJson_IsAnEmptyList()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync("get", "vm", "-o", "json");

        Assert.Contains("\"items\": []", result.Out);
        Assert.Equal("", result.Error);
    }

    [Theory]
    [InlineData("", "No resources found in default namespace.\n")]
    [InlineData("-n shop", "No resources found in shop namespace.\n")]
    [InlineData("-A", "No resources found\n")]
    public async Task Nothing_IsSaidOnStandardError(string option, string said)
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();

        CliResult result = await new TestCli(agent).RunAsync(["get", "vm", .. Words(option)]);

        Assert.Equal(new CliResult(0, "", said), result);
    }

    [Fact]
    public async Task Names_ArePrintedForScripts()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db);

        CliResult result = await new TestCli(agent).RunAsync("get", "virtualmachines", "-o", "name");

        Assert.Equal("virtualmachine.fairlead.dev/db\nvirtualmachine.fairlead.dev/web\n", result.Out);
    }

    [Theory]
    [InlineData("app=web", "web")]
    [InlineData("app!=web", "db")]
    [InlineData("app in (web, db)", "db web")]
    [InlineData("tier", "web")]
    [InlineData("!tier", "db")]
    [InlineData("app=web,tier=back", "")]
    public async Task Selector_LeavesOthersOut(string selector, string names)
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web, Machines.Db);

        CliResult result = await new TestCli(agent).RunAsync("get", "vm", "-o", "name", "-l", selector);

        Assert.Equal(Words(names).Select(name => $"virtualmachine.fairlead.dev/{name}"), Lines(result.Out));
    }

    [Fact]
    public async Task MissingName_IsToldAndTheOthersAreShown()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Db);

        CliResult result = await new TestCli(agent).RunAsync("get", "vm", "db", "nobody", "--no-headers");

        Assert.Equal("db   Pending   <none>   <none>   5s\n", result.Out);
        Assert.Equal(
            "error: virtualmachines.fairlead.dev \"nobody\" not found in namespace default (fairlead get vm -A lists all)\n",
            result.Error
        );
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task MachineBeingTornDown_IsTerminating()
    {
        VirtualMachine doomed = Machines.Web with
        {
            Metadata = Machines.Web.Metadata with { DeletionTimestamp = Machines.Now },
        };
        await using FakeAgent agent = await FakeAgent.StartAsync(doomed);

        CliResult result = await new TestCli(agent).RunAsync("get", "vm", "--no-headers");

        Assert.Contains("   Terminating   ", result.Out);
    }

    [Fact]
    public async Task Terminal_ColoursThePhaseOnly()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await new TestCli(agent) { IsTerminal = true }.RunAsync("get", "vm", "--no-headers");

        Assert.Equal("web   \e[32mRunning\e[0m   10.88.0.4   node1   3m12s\n", result.Out);
    }

    [Fact]
    public async Task NoColor_IsHonoured()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        TestCli cli = new(agent) { IsTerminal = true };
        cli.Variables["NO_COLOR"] = "1";

        CliResult result = await cli.RunAsync("get", "vm");

        Assert.DoesNotContain('\e', result.Out);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
