using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fairlead.Hosting;

/// <summary>
/// What every daemon tells of itself: /metrics, /healthz and /readyz at an address of their own, and traces when the
/// environment names an OTLP endpoint (OTEL_EXPORTER_OTLP_ENDPOINT). Neither costs anything when it is not asked for.
/// </summary>
public static partial class DaemonTelemetry
{
    /// <summary>Every meter and activity source of Fairlead begins so.</summary>
    private const string OwnSources = "Fairlead.*";

    private static readonly TimeSpan s_fetchPatience = TimeSpan.FromSeconds(5);

    /// <param name="builder">The daemon; its Kestrel is configured already.</param>
    /// <param name="serviceName">What traces call it.</param>
    /// <param name="address">Where metrics and health are served; null for nowhere.</param>
    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName, MetricsAddress? address)
    {
        AddTracing(builder, serviceName);
        if (address is null)
            return;
        builder
            .Services.AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics.AddMeter(OwnSources).AddMeter("System.Runtime").AddPrometheusExporter(ScrapeOptions)
            );
        if (address.SocketPath is { } socket)
            UnixSocketListener.Prepare(builder, socket);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (address.SocketPath is { } path)
                kestrel.ListenUnixSocket(path, MarkConnections);
            else
                kestrel.Listen(address.EndPoint!, MarkConnections);
        });
    }

    /// <summary>To be called before any other endpoint is mapped, so that the daemon's own calls stay off the metrics address.</summary>
    public static void UseTelemetry(this WebApplication app) =>
        app.MapWhen(
            context => context.Features.Get<MetricsConnection>() is not null,
            branch =>
            {
                branch.Use(FetchBeforeScrapeAsync);
                if (branch.ApplicationServices.GetService<MeterProvider>() is not null)
                    branch.UseOpenTelemetryPrometheusScrapingEndpoint();
                branch.Run(AnswerAsync);
            }
        );

    private static void ScrapeOptions(OpenTelemetry.Exporter.PrometheusAspNetCoreOptions options) =>
        options.ScrapeResponseCacheDurationMilliseconds = 0; // figures are fetched for each scrape anyhow

    private static void AddTracing(WebApplicationBuilder builder, string serviceName)
    {
        Dictionary<string, string?> settings = OpenTelemetrySettings();
        if (!settings.Keys.Any(key => key is "OTEL_EXPORTER_OTLP_ENDPOINT" or "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
            return;
        builder.Configuration.AddInMemoryCollection(settings);
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, serviceNamespace: "fairlead"))
            // The HTTP sources are .NET's own; between them the trace crosses from agent to proxy.
            .WithTracing(traces =>
                traces.AddSource(OwnSources, "System.Net.Http", "Microsoft.AspNetCore").AddOtlpExporter()
            );
    }

    // The daemon's builder is an empty one and reads no environment.
    private static Dictionary<string, string?> OpenTelemetrySettings() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith("OTEL_", StringComparison.Ordinal))
            .ToDictionary(
                variable => (string)variable.Key,
                variable => (string?)variable.Value,
                StringComparer.Ordinal
            );

    private static void MarkConnections(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next =>
            connection =>
            {
                connection.Features.Set(new MetricsConnection());
                return next(connection);
            }
        );
    }

    private static async Task FetchBeforeScrapeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path == "/metrics")
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted
            );
            patience.CancelAfter(s_fetchPatience);
            foreach (IScrapeSource source in context.RequestServices.GetServices<IScrapeSource>())
                await FetchAsync(source, context, patience.Token);
        }

        await next(context);
    }

    private static async Task FetchAsync(IScrapeSource source, HttpContext context, CancellationToken patience)
    {
        try
        {
            await source.FetchAsync(patience);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            ILogger logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Metrics");
            LogNotFetched(logger, source.GetType().Name, e.Message);
        }
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        bool liveness = context.Request.Path == "/healthz";
        if (!liveness && context.Request.Path != "/readyz")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        IEnumerable<HealthProbe> probes = context.RequestServices.GetServices<HealthProbe>();
        HealthReport report = await HealthReport.OfAsync(
            probes.Where(probe => probe.IsLiveness == liveness),
            context.RequestAborted
        );
        context.Response.StatusCode = report.IsHealthy
            ? StatusCodes.Status200OK
            : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(report.Text, context.RequestAborted);
    }

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning, Message = "scrape: {Source} has no figures: {Message}")]
    private static partial void LogNotFetched(ILogger logger, string source, string message);

    /// <summary>Marks a connection to the metrics address.</summary>
    private sealed class MetricsConnection;
}
