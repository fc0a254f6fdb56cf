using Fairlead.Agent.Api;
using Fairlead.Agent.Kubernetes;
using Fairlead.Agent.Reconciling;
using Fairlead.Agent.Standalone;
using Fairlead.Agent.Telemetry;
using Fairlead.CniProxy.Client;
using Fairlead.Hosting;
using Fairlead.Kubernetes;
using Fairlead.Netlink;
using Fairlead.Vmi;
using Fairlead.Vmi.CloudInit;
using Fairlead.Vmi.Diagnosis;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent;

/// <summary>The agent as a process: its parts put together, listening on a Unix socket until it is told to end.</summary>
public static class AgentServer
{
    /// <summary>
    /// Runs until <paramref name="cancellationToken"/>. Virtual machines go on running when the agent ends; the next one
    /// takes them over.
    /// </summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        // Not the slim builder: it watches the working directory for appsettings.json, all that lies below included, and a
        // daemon's is /.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders().AddLineConsole();
        UnixSocketListener.Configure(builder, [options.SocketPath]);
        builder.AddTelemetry("fairlead-agent", options.MetricsAddress);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<GrpcMetrics>();
            grpc.Interceptors.Add<FileErrors>();
        });
        await AddPartsAsync(builder.Services, options, cancellationToken);

        await using WebApplication app = builder.Build();
        _ = app.Services.GetRequiredService<AgentGauges>(); // nobody else asks for them
        app.UseTelemetry();
        app.MapGrpcService<VirtualMachinesService>();
        app.MapGrpcService<DomainsService>();
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static async Task AddPartsAsync(
        IServiceCollection services,
        AgentOptions options,
        CancellationToken cancellationToken
    )
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Hypervisor.Detect(options.KvmDevice));
        // The agent runs in the libvirt pod: this is the pod's network namespace.
        services.AddSingleton(await RouteSocket.OpenAsync(cancellationToken: cancellationToken));
        services.AddSingleton(new CniProxyConnection(options.CniProxySocketPath));
        services.AddSingleton(provider => new LibvirtSession(
            options.LibvirtUri,
            provider.GetRequiredService<ILogger<LibvirtSession>>()
        ));
        services.AddSingleton(provider =>
            AttachmentRecordStore.Open(
                Path.Combine(options.StateDirectory, "attachments"),
                provider.GetRequiredService<ILogger<AttachmentRecordStore>>()
            )
        );
        services.AddSingleton(provider =>
            VmStore.Open(Path.Combine(options.StateDirectory, "vms"), provider.GetRequiredService<ILogger<VmStore>>())
        );
        if (options.Source == VmSourceKind.Kubernetes)
            AddCluster(services, options);
        else
            AddDirectory(services, options);
        services.AddSingleton<BridgeFirewall>();
        services.AddSingleton<NetworkCatalog>();
        services.AddSingleton<VmInterfaceSetup>();
        services.AddSingleton<VmInterfaceTeardown>();
        services.AddSingleton<VmInterfaceCheck>();
        services.AddSingleton<VmInterfaceRepair>();
        services.AddSingleton<OrphanCollector>();
        services.AddSingleton<VnicSet>();
        services.AddSingleton<DomainRunner>();
        services.AddSingleton<LiveInterfaces>();
        services.AddSingleton(new NoCloudDisk(Path.Combine(options.StateDirectory, "cloud-init")));
        services.AddSingleton(provider =>
            DomainVnicStore.Open(
                Path.Combine(options.StateDirectory, "domain-vnics"),
                provider.GetRequiredService<ILogger<DomainVnicStore>>()
            )
        );
        services.AddSingleton<DomainVnics>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<GuestQuestion>();
        services.AddSingleton<ReadinessProber>();
        services.AddHostedService(provider => provider.GetRequiredService<ReadinessProber>());
        services.AddSingleton<Func<VmRecord, string?>>(provider =>
            provider.GetRequiredService<ReadinessProber>().ProblemOf
        );
        services.AddSingleton<Reconciler>();
        services.AddSingleton<ReconcileQueue>();
        services.AddSingleton<ConsoleSession>();
        services.AddSingleton<AgentStatus>();
        services.AddMetrics();
        services.AddSingleton<VmiTraffic>();
        services.AddSingleton<IScrapeSource>(provider => provider.GetRequiredService<VmiTraffic>());
        services.AddSingleton<AgentGauges>();
        services.AddSingleton(provider => AgentHealth.Parts(provider.GetRequiredService<AgentStatus>()));
        services.AddSingleton(provider => AgentHealth.Workers(provider.GetRequiredService<ReconcileQueue>()));
        services.AddSingleton<ChainReader>();
        services.AddSingleton<VnicTracer>();
        services.AddSingleton<Doctor>();
        services.AddHostedService<ReconcileLoop>();
    }

    private static void AddDirectory(IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(provider => new ManifestDirectory(
            options.ManifestDirectory ?? throw new InvalidOperationException("there is no manifest directory"),
            provider.GetRequiredService<ILogger<ManifestDirectory>>(),
            options.ResyncInterval
        ));
        services.AddSingleton<IVmSource>(provider => provider.GetRequiredService<ManifestDirectory>());
    }

    private static void AddCluster(IServiceCollection services, AgentOptions options)
    {
        KubernetesConfiguration configuration = KubernetesConfiguration.Load(options.Kubeconfig);
        services.AddSingleton(provider => new KubernetesClient(
            configuration,
            provider.GetRequiredService<ILogger<KubernetesClient>>()
        ));
        services.AddSingleton<ClusterSource>();
        services.AddSingleton<IVmSource>(provider => provider.GetRequiredService<ClusterSource>());
        services.AddHostedService<StatusWriter>();
        services.AddHostedService<ClusterEvents>();
        services.AddHostedService<NodePresence>();
    }
}
