using System.Diagnostics;
using Fairlead.Cni;
using Fairlead.CniProxy.Cluster;
using Fairlead.CniProxy.Ipam;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Limits;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.Policies;
using Fairlead.CniProxy.Telemetry;
using Fairlead.CniProxy.Verbs;
using Fairlead.Hosting;
using Fairlead.Kubernetes;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Grpc.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy;

/// <summary>The CNI proxy as a process.</summary>
public static class CniProxyServer
{
    // Each caller has 32 connections; so much memory can all of them together take at most.
    private const int MostConnections = 512;

    // Calls wait on their threads for disks and for the kernel; with one thread a core, which is where the pool begins, a
    // few that wait would keep the others from running until it has made up its mind to add one.
    private const int LeastThreads = 16;

    private static readonly TimeSpan s_drainPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>Serves until <paramref name="cancellationToken"/>, and then finishes what it has begun.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(CniProxyOptions options, CancellationToken cancellationToken)
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastThreads), completions);
        using IDisposable journalLock = await JournalLock.TakeAsync(options, cancellationToken);
        // Not the slim builder: it watches the working directory for appsettings.json, all that lies below included, and a
        // daemon's is /.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders().AddLineConsole();
        UnixSocketListener.Configure(builder, options.SocketPaths, options.SocketGroup, PassConnections);
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel.Limits));
        builder.AddTelemetry("fairlead-cni-proxy", options.MetricsAddress);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MessageGate.LargestMessageBytes;
            grpc.Interceptors.Add<GrpcMetrics>(); // the first: what the gate refuses counts too
            grpc.Interceptors.Add<Gate>();
        });
        AddParts(builder.Services, options);

        await using WebApplication app = builder.Build();
        _ = app.Services.GetRequiredService<ProxyGauges>(); // nobody else asks for them
        app.UseTelemetry();
        MessageGate messages = app.Services.GetRequiredService<MessageGate>();
        app.Use(next => http => messages.PassAsync(http, next));
        app.MapGrpcService<CniProxyService>();
        app.MapGrpcService<HealthServiceImpl>();
        app.MapGrpcService<ReflectionServiceImpl>();
        await app.StartAsync(cancellationToken);
        long stopped = 0;
        app.Lifetime.ApplicationStopping.Register(() => stopped = Stopwatch.GetTimestamp());
        await app.WaitForShutdownAsync(cancellationToken);
        await DrainAsync(app.Services.GetRequiredService<KeyedLock>(), stopped, options.DrainTimeout);
        return 0;
    }

    /// <summary>Waits for what goes on though its caller has gone; Kestrel has waited for those that still listen.</summary>
    private static async Task DrainAsync(KeyedLock locks, long begin, TimeSpan patience)
    {
        while (!locks.IsIdle && Stopwatch.GetElapsedTime(begin) < patience)
            await Task.Delay(s_drainPoll, CancellationToken.None);
    }

    private static void AddParts(IServiceCollection services, CniProxyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        services.AddSingleton(_ => IdentityOf(options));
        services.AddSingleton(NamespaceSet.Own());
        services.AddSingleton<Callers>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<Gate>();
        services.AddSingleton<CallSlots>();
        services.AddSingleton<ConnectionPlaces>();
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<MessageGate>();
        services.AddSingleton(provider => new PolicyFile(
            options.PolicyFile,
            provider.GetRequiredService<ILogger<PolicyFile>>()
        ));
        services.AddSingleton<AttachmentQuota>();
        services.AddSingleton(Health());
        services.AddSingleton(
            new ReflectionServiceImpl(
                V1.CniProxy.Descriptor,
                Grpc.Health.V1.Health.Descriptor,
                Grpc.Reflection.V1Alpha.ServerReflection.Descriptor
            )
        );
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
        services.AddMetrics();
        services.AddSingleton<ProxyGauges>();
        services.AddSingleton(provider => provider.GetRequiredService<CniNetworks>().Readiness());
        services.AddSingleton<CniNetworks>();
        services.AddSingleton<KeyedLock>();
        services.AddSingleton<Release>();
        AddCluster(services, options);
        services.AddSingleton<AddVerb>();
        services.AddSingleton<CheckVerb>();
        services.AddSingleton<HeldNamespaces>();
        services.AddSingleton<PodCensus>();
        services.AddSingleton<Reaper>();
        services.AddHostedService(provider => provider.GetRequiredService<Reaper>());
        services.AddHostedService<ReservationWatch>();
    }

    private static void AddCluster(IServiceCollection services, CniProxyOptions options)
    {
        if (options.Cluster is not { } cluster)
        {
            services.AddSingleton(new DefinedNetworks(client: null, nodeName: null));
            services.AddSingleton<ILauncherStatus, NoLauncherStatus>();
            return;
        }

        services.AddSingleton(provider => new KubernetesClient(
            cluster,
            provider.GetRequiredService<ILogger<KubernetesClient>>()
        ));
        services.AddSingleton(provider => new DefinedNetworks(
            provider.GetRequiredService<KubernetesClient>(),
            options.NodeName
        ));
        services.AddSingleton<NetworkStatusWriter>();
        services.AddSingleton<ILauncherStatus>(provider => provider.GetRequiredService<NetworkStatusWriter>());
        services.AddHostedService(provider => provider.GetRequiredService<NetworkStatusWriter>());
    }

    private static IIdentitySource IdentityOf(CniProxyOptions options) =>
        options.CriSocketPath is { } socket ? new CriIdentity(socket, TimeProvider.System)
        : options.SandboxFile is { } file ? new StandaloneIdentity(file)
        : throw new ArgumentException(
            "neither a container runtime nor a record of a sandbox is given",
            nameof(options)
        );

    private static void PassConnections(ListenOptions listen)
    {
        ConnectionGate gate = listen.ApplicationServices.GetRequiredService<ConnectionGate>();
        listen.Use(next => connection => gate.PassAsync(connection, next));
    }

    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = MostConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.MaxRequestHeadersTotalSize = 8 * 1024;
        limits.Http2.MaxStreamsPerConnection = 16;
        limits.Http2.MaxRequestHeaderFieldSize = 4 * 1024;
        limits.Http2.InitialStreamWindowSize = 2 * MessageGate.LargestMessageBytes;
        limits.Http2.InitialConnectionWindowSize = 2 * MessageGate.LargestMessageBytes;
        limits.MinRequestBodyDataRate = null; // MessageGate has a time for the whole message
    }

    // It serves from the moment it listens: what it needs of others is asked for by Status.
    private static HealthServiceImpl Health()
    {
        HealthServiceImpl health = new();
        health.SetStatus("", HealthCheckResponse.Types.ServingStatus.Serving);
        health.SetStatus(V1.CniProxy.Descriptor.FullName, HealthCheckResponse.Types.ServingStatus.Serving);
        return health;
    }
}
