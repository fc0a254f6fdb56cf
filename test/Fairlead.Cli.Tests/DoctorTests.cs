using System.Text.Json.Nodes;
using Fairlead.Agent.V1;
using Fairlead.Cli.Diagnosis;
using Fairlead.Cli.Tests.Fakes;
using Fairlead.Standalone;
using Grpc.Core;
using Verdict = Fairlead.Agent.V1.Finding.Types.Verdict;

namespace Fairlead.Cli.Tests;

public class DoctorTests
{
    [Fact]
    public async Task BrokenLink_IsShownWithItsRemedy_AndAsTheLikelyCause()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Diagnosis.Machines.Add(
            Diagnosis(
                Finding("cni-proxy", Verdict.Ok, "answers"),
                Finding("bridge", Verdict.Broken, "vbr1 is down:\nit forwards nothing", "`ip link set vbr1 up`"),
                Finding("tap", Verdict.Broken, "tap1 is gone", "`fairlead stop`"),
                Finding("guest-ping", Verdict.Warning, "no ping", "a firewall in the guest?"),
                Finding("dns", Verdict.Skipped, "the guest is told no server")
            )
        );

        CliResult result = await new TestCli(agent).RunAsync("doctor", "vm", "web");

        Assert.Equal(
            """
            default/web (Running)
              ok       machine     its domain runs
            vNIC net0
              ok       cni-proxy   answers
              broken   bridge      vbr1 is down: it forwards nothing
                                   -> `ip link set vbr1 up`
              broken   tap         tap1 is gone
                                   -> `fairlead stop`
              warning  guest-ping  no ping
                                   -> a firewall in the guest?
              skipped  dns         the guest is told no server
            Likely cause: vNIC net0, bridge: vbr1 is down: it forwards nothing

            2 broken, 1 warning.

            """,
            result.Out
        );
        Assert.Equal(1, result.ExitCode);
        DiagnoseRequest request = Assert.Single(agent.Machines.Diagnosed);
        Assert.Equal(("default", "web"), (request.Namespace, Assert.Single(request.Names)));
    }

    [Fact]
    public async Task EverythingHolds_ExitsWithZero()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Diagnosis.Machines.Add(Diagnosis(Finding("cni-proxy", Verdict.Ok, "answers")));

        CliResult result = await new TestCli(agent).RunAsync("doctor", "vm/web");

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("\nEverything that was looked at holds.\n", result.Out);
        Assert.DoesNotContain("Likely cause", result.Out);
    }

    [Fact]
    public async Task WarningAlone_ExitsWithOne_AndIsWorthALook()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Diagnosis.Machines.Add(Diagnosis(Finding("dns", Verdict.Warning, "no answer", "is it up?")));

        CliResult result = await new TestCli(agent).RunAsync("doctor", "vm", "web");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Worth a look: vNIC net0, dns: no answer\n", result.Out);
        Assert.EndsWith("Nothing is broken; 1 warning.\n", result.Out);
    }

    [Fact]
    public async Task Json_HasVerdictsAndTheLikelyCause()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Diagnosis.Machines.Add(
            Diagnosis(Finding("tap", Verdict.Broken, "tap1 is gone", "start it anew"))
        );

        CliResult result = await new TestCli(agent).RunAsync("doctor", "vm", "web", "-o", "json");

        JsonNode report = JsonNode.Parse(result.Out)!;
        Assert.Equal("broken", (string?)report["verdict"]);
        JsonNode machine = report["machines"]![0]!;
        Assert.Equal("web", (string?)machine["name"]);
        Assert.Equal("broken", (string?)machine["vnics"]![0]!["findings"]![0]!["verdict"]);
        Assert.Equal("tap", (string?)machine["likelyCause"]!["check"]);
        Assert.Equal("net0", (string?)machine["likelyCause"]!["vnic"]);
        Assert.Equal("start it anew", (string?)machine["likelyCause"]!["remedy"]);
        Assert.Null(machine["findings"]![0]!["remedy"]);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task NoName_AsksForAllNamespaces_AndLooksAtTheEnvironment()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Diagnosis.Version = "0.0.1+old";
        agent.Machines.Diagnosis.Node.Add(Finding("hypervisor", Verdict.Ok, "KVM is usable"));

        CliResult result = await new TestCli(agent).RunAsync("doctor");

        DiagnoseRequest request = Assert.Single(agent.Machines.Diagnosed);
        Assert.Equal("", request.Namespace);
        Assert.Empty(request.Names);
        Assert.StartsWith("Environment\n", result.Out);
        Assert.Contains(", the agent 0.0.1+old\n", result.Out);
        Assert.Contains("  ok       hypervisor   KVM is usable\n", result.Out);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task NoAgent_IsSaidWithWhatToDo()
    {
        string directory = Directory.CreateTempSubdirectory("fl-cli-").FullName;

        CliResult result = await new TestCli().RunAsync("doctor", "vm", "web", "--state-dir", directory);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("broken   agent", result.Out);
        Assert.Contains("cannot reach the agent at", result.Out);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task AgentThatFails_IsBrokenItself()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);
        agent.Machines.Failure = new RpcException(new Status(StatusCode.Internal, "out of cheese"));

        CliResult result = await new TestCli(agent).RunAsync("doctor");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("out of cheese", result.Out);
    }

    [Fact]
    public async Task UnknownName_IsAnError()
    {
        await using FakeAgent agent = await FakeAgent.StartAsync(Machines.Web);

        CliResult result = await new TestCli(agent).RunAsync("doctor", "vm", "nobody");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"nobody\" not found", result.Error);
        Assert.Empty(result.Out);
    }

    [Fact]
    public void DeadPart_IsBroken_WithItsRemedyAndLog()
    {
        EnvironmentStatus status = new(
            "/var/lib/fairlead",
            "node1",
            [
                new PartStatus("libvirtd", Ready: true, "QEMU 7.2"),
                new PartStatus("cni-proxy", Ready: false, "no process") { LogPath = "/logs/cni-proxy.log" },
            ],
            []
        )
        {
            Remedies = ["fairlead up"],
        };

        IReadOnlyList<Finding> findings = EnvironmentFindings.Of(status, agentAnswers: true);

        Assert.Equal(Finding("libvirtd", Verdict.Ok, "QEMU 7.2"), findings[0]);
        Assert.Equal(
            Finding("cni-proxy", Verdict.Broken, "no process", "`fairlead up`; its log is /logs/cni-proxy.log"),
            findings[1]
        );
    }

    [Fact]
    public void NoEnvironment_IsBrokenUnlessAnAgentAnswers()
    {
        EnvironmentStatus nothing = new("/srv/lab", null, [], []) { Remedies = ["fairlead up --state-dir /srv/lab"] };

        Finding alone = Assert.Single(EnvironmentFindings.Of(nothing, agentAnswers: false));
        Finding withAgent = Assert.Single(EnvironmentFindings.Of(nothing, agentAnswers: true));

        Assert.Equal((Verdict.Broken, "`fairlead up --state-dir /srv/lab`"), (alone.Verdict, alone.Remedy));
        Assert.Equal(Verdict.Skipped, withAgent.Verdict);
    }

    private static MachineDiagnosis Diagnosis(params Finding[] findings)
    {
        VnicFindings vnic = new() { Vnic = "net0" };
        vnic.Findings.AddRange(findings);
        return new MachineDiagnosis
        {
            Namespace = "default",
            Name = "web",
            Phase = "Running",
            Findings = { Finding("machine", Verdict.Ok, "its domain runs") },
            Vnics = { vnic },
        };
    }

    private static Finding Finding(string check, Verdict verdict, string seen, string remedy = "") =>
        new()
        {
            Check = check,
            Verdict = verdict,
            Seen = seen,
            Remedy = remedy,
        };
}
