using Fairlead.Agent;
using Fairlead.Agent.V1;
using Fairlead.CniProxy.Client;
using Fairlead.Integration.Tests.Libvirt;
using Fairlead.Testing;
using Grpc.Net.Client;

namespace Fairlead.Integration.Tests.Reconciling;

/// <summary>The agent's loop with a libvirtd and a machine that can be defined but not started.</summary>
public sealed class BackoffTests
{
    private const string Manifest = """
        apiVersion: fairlead.dev/v1alpha1
        kind: VirtualMachine
        metadata: {name: broken}
        spec:
          domain:
            devices:
              disks: [{source: {file: DISK}, driver: {type: qcow2}}]
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Define, failed start and undefine are events of libvirt, and events lead to a look at once.
    [Fact]
    public async Task StartThatFails_IsNotRepeatedForItsOwnEvents()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        string disk = Path.Combine(node.Node.Directory, "disk.qcow2");
        await File.WriteAllTextAsync(disk, "no image", Cancellation);
        AgentOptions options = new()
        {
            SocketPath = Path.Combine(node.Node.Directory, "agent", "agent.sock"),
            StateDirectory = Path.Combine(node.Node.Directory, "state"),
            ManifestDirectory = Path.Combine(node.Node.Directory, "manifests"),
            CniProxySocketPath = Path.Combine(node.Node.Directory, "nosuch.sock"),
            LibvirtUri = node.Uri,
            NodeName = "node-1",
        };
        Directory.CreateDirectory(options.ManifestDirectory);
        await File.WriteAllTextAsync(
            Path.Combine(options.ManifestDirectory, "broken.yaml"),
            Manifest.Replace("DISK", disk, StringComparison.Ordinal),
            Cancellation
        );
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task agent = AgentServer.RunAsync(options, end.Token);
        using GrpcChannel channel = UnixSocketChannel.Create(options.SocketPath);
        VirtualMachines.VirtualMachinesClient client = new(channel);
        try
        {
            await Eventually.SucceedsAsync(
                async () => Assert.InRange(await FailuresAsync(client), 4, int.MaxValue),
                TimeSpan.FromSeconds(60),
                "the start has failed four times"
            );

            // After four failures the next try is 7 to 9 s away.
            long failures = await FailuresAsync(client);
            await Task.Delay(TimeSpan.FromSeconds(4), Cancellation);
            Assert.Equal(failures, await FailuresAsync(client));
        }
        finally
        {
            await end.CancelAsync();
            await agent;
        }
    }

    private static async Task<long> FailuresAsync(VirtualMachines.VirtualMachinesClient client)
    {
        DescribeRequest request = new() { Namespace = "default", Name = "broken" };
        DescribeResponse described = await client.DescribeAsync(request, cancellationToken: Cancellation);
        return described.Events.Where(e => e.Reason == "StartFailed").Sum(e => e.Count);
    }
}
