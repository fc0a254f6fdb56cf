using System.Globalization;
using Fairlead.Agent.V1;
using Fairlead.CniProxy.Client;
using Fairlead.Libvirt;
using Grpc.Net.Client;

namespace Fairlead.VnicBenchmarks;

/// <summary>The environment that <c>fairlead up</c> has made, and domains in it that nobody has started.</summary>
internal sealed class FairleadEnvironment : IDisposable
{
    public const string StateDirectory = "/var/lib/fairlead";
    public const string RunDirectory = "/run/fairlead";

    private readonly GrpcChannel _channel = UnixSocketChannel.Create($"{RunDirectory}/agent/agent.sock");

    public FairleadEnvironment() => Agent = new Domains.DomainsClient(_channel);

    public Domains.DomainsClient Agent { get; }

    public IReadOnlyList<string> DomainNames { get; private set; } = [];

    public async Task DefineDomainsAsync(int count)
    {
        await using LibvirtConnection libvirt = await LibvirtConnection.OpenAsync(
            $"qemu+unix:///system?socket={RunDirectory}/libvirt/libvirt-sock"
        );
        List<string> names = [];
        for (int i = 0; i < count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"bench{i}");
            await libvirt.DefineDomainAsync(
                $"""
                <domain type='qemu'>
                  <name>{name}</name>
                  <memory unit='MiB'>32</memory>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                </domain>
                """
            );
            names.Add(name);
        }

        DomainNames = names;
    }

    public void Dispose() => _channel.Dispose();
}
