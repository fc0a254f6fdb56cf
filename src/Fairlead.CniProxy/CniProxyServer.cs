using System.Diagnostics;
using System.Net.Sockets;
using Fairlead.Cni;
using Fairlead.CniProxy.Ipam;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.Verbs;
using Fairlead.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy;

/// <summary>The CNI proxy as a process.</summary>
public static class CniProxyServer
{
    /// <summary>The longest message that is taken from anybody.</summary>
    private const int LargestMessageBytes = 64 * 1024;

    private static readonly TimeSpan s_drainPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>Serves until <paramref name="cancellationToken"/>, and then finishes what it has begun.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(CniProxyOptions options, CancellationToken cancellationToken)
    {
        using IDisposable journalLock = await JournalLock.TakeAsync(options, cancellationToken);
        // Not the slim builder: it watches the working directory for appsettings.json, all that lies below included, and a
        // daemon's is /.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders().AddLineConsole();
        UnixSocketListener.Configure(builder, options.SocketPath, TellPeer);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = LargestMessageBytes;
            grpc.Interceptors.Add<Gate>();
        });
        AddParts(builder.Services, options);

        await using WebApplication app = builder.Build();
        app.MapGrpcService<CniProxyService>();
        await app.StartAsync(cancellationToken);
        UnixSocketListener.Restrict(options.SocketPath);
        await app.WaitForShutdownAsync(cancellationToken);
        await DrainAsync(app.Services.GetRequiredService<KeyedLock>(), options.DrainTimeout);
        return 0;
    }

    /// <summary>Waits for what goes on though its caller has gone; Kestrel waits for those that still listen.</summary>
    private static async Task DrainAsync(KeyedLock locks, TimeSpan patience)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!locks.IsIdle && Stopwatch.GetElapsedTime(begin) < patience)
            await Task.Delay(s_drainPoll, CancellationToken.None);
    }

    private static void AddParts(IServiceCollection services, CniProxyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        services.AddSingleton<IIdentitySource>(new StandaloneIdentity(options.SandboxFile));
        services.AddSingleton(NamespaceSet.Own());
        services.AddSingleton<Callers>();
        services.AddSingleton<Gate>();
        services.AddSingleton(provider =>
            AttachmentJournal.Open(
                Path.Combine(options.StateDirectory, "attachments"),
                provider.GetRequiredService<ILogger<AttachmentJournal>>()
            )
        );
        services.AddSingleton(provider => new CniRuntime(
            new CniRuntimeOptions
            {
                PluginDirectories = options.PluginDirectories,
                CacheDirectory = Path.Combine(options.StateDirectory, "cni-cache"),
                PluginTimeout = options.PluginTimeout,
                Logger = provider.GetRequiredService<ILogger<CniRuntime>>(),
            }
        ));
        services.AddSingleton<CniNetworks>();
        services.AddSingleton<KeyedLock>();
        services.AddSingleton<Release>();
        services.AddSingleton<AddVerb>();
        services.AddSingleton<CheckVerb>();
        services.AddSingleton<HeldNamespaces>();
        services.AddSingleton<PodCensus>();
        services.AddSingleton<Reaper>();
        services.AddHostedService(provider => provider.GetRequiredService<Reaper>());
        services.AddHostedService<ReservationWatch>();
    }

    /// <summary>Keeps hold of the process at the other end for as long as the connection lasts.</summary>
    private static void TellPeer(ListenOptions listen) =>
        listen.Use(next =>
            async connection =>
            {
                Socket socket = connection.Features.Get<IConnectionSocketFeature>()!.Socket;
                using PeerConnection peer = PeerConnection.Of(socket);
                connection.Features.Set(peer);
                await next(connection);
            }
        );
}
