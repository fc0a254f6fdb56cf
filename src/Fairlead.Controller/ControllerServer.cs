using System.Diagnostics.Metrics;
using Fairlead.Hosting;
using Fairlead.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Controller;

/// <summary>The controller as a process: waits for its turn, leads, and serves its metrics in both states.</summary>
public static class ControllerServer
{
    /// <summary>Runs until <paramref name="cancellationToken"/>.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="KubeconfigException">No cluster is known.</exception>
    public static async Task<int> RunAsync(ControllerOptions options, CancellationToken cancellationToken)
    {
        KubernetesConfiguration configuration = KubernetesConfiguration.Load(options.Kubeconfig, options.Context);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders().AddLineConsole();
        builder.WebHost.UseKestrelCore();
        builder.AddTelemetry("fairlead-controller", options.MetricsAddress);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(provider =>
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Controller")
        );
        builder.Services.AddSingleton(provider => new KubernetesClient(
            configuration,
            provider.GetRequiredService<ILogger>()
        ));
        builder.Services.AddSingleton<Leadership>();
        builder.Services.AddSingleton(provider =>
        {
            Leadership leadership = provider.GetRequiredService<Leadership>();
            return new HealthProbe("watches", _ => Task.FromResult(leadership.Problem));
        });
        await using WebApplication app = builder.Build();
        app.UseTelemetry();
        Leadership leadership = app.Services.GetRequiredService<Leadership>();
        Observe(leadership, app.Services.GetRequiredService<IMeterFactory>().Create("Fairlead.Controller"));
        if (options.MetricsAddress is not null)
            await app.StartAsync(cancellationToken);

        try
        {
            await leadership.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end; the lease has been given up.
        }

        return 0;
    }

    private static void Observe(Leadership leadership, Meter meter)
    {
        meter.CreateObservableGauge(
            "fairlead.controller.leader",
            () => leadership.Leads ? 1 : 0,
            unit: null,
            "1 for the replica that leads"
        );
        meter.CreateObservableGauge(
            "fairlead.controller.queue.depth",
            () => leadership.Waiting,
            unit: null,
            "Virtual machines and Services that wait for a look"
        );
    }
}
