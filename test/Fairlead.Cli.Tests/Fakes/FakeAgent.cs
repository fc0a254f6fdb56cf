using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Cli.Tests.Fakes;

/// <summary>An agent that speaks the real protocol over a real Unix socket, and has its machines in memory.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FakeAgent(string stateDirectory, WebApplication server, FakeMachines machines)
    {
        StateDirectory = stateDirectory;
        _server = server;
        Machines = machines;
    }

    /// <summary>What to give to <c>--state-dir</c>.</summary>
    public string StateDirectory { get; }

    public FakeMachines Machines { get; }

    public required FakeDomains Domains { get; init; }

    public static async Task<FakeAgent> StartAsync(params IEnumerable<Crds.VirtualMachine> machines)
    {
        string directory = Directory.CreateTempSubdirectory("fl-cli-").FullName;
        string socket = Path.Combine(directory, "run", "agent", "agent.sock");
        Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
        FakeMachines state = new(machines);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(state);
        FakeDomains domains = new();
        builder.Services.AddSingleton(domains);
        WebApplication server = builder.Build();
        server.MapGrpcService<FakeAgentService>();
        server.MapGrpcService<FakeDomainsService>();
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new FakeAgent(directory, server, state) { Domains = domains };
    }

    public async ValueTask DisposeAsync()
    {
        Machines.EndStreams();
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
        Directory.Delete(StateDirectory, recursive: true);
    }
}
