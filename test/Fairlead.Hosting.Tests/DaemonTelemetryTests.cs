using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Hosting.Tests;

/// <summary>A daemon with one route of its own, asked over its metrics socket.</summary>
public sealed class DaemonTelemetryTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-hosting-").FullName;
    private readonly List<HealthProbe> _probes = [];
    private readonly List<IScrapeSource> _sources = [];
    private WebApplication? _app;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Daemon => Path.Combine(_directory, "daemon.sock");

    private string Metrics => Path.Combine(_directory, "metrics.sock");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task NothingIsWrong_BothAreOk()
    {
        _probes.Add(new HealthProbe("libvirt", _ => Task.FromResult<string?>(null)));
        await StartAsync();

        Assert.Equal((HttpStatusCode.OK, "[+]libvirt ok\nok\n"), await GetAsync("/readyz"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync("/healthz"));
    }

    [Fact]
    public async Task ProbeFindsOrThrows_NotReadyWithTheReasonsButAlive()
    {
        _probes.Add(new HealthProbe("proxy", _ => Task.FromResult<string?>("no network\nin /etc/cni")));
        _probes.Add(new HealthProbe("libvirt", _ => throw new IOException("no such socket")));
        await StartAsync();

        (HttpStatusCode status, string text) = await GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("[-]proxy failed: no network in /etc/cni\n[-]libvirt failed: no such socket\nnot ok\n", text);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/healthz")).Status);
    }

    [Fact]
    public async Task LivenessProbe_IsHealthzAlone()
    {
        _probes.Add(new HealthProbe("workers", _ => Task.FromResult<string?>("stuck")) { IsLiveness = true });
        await StartAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/healthz")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/readyz")).Status);
    }

    [Fact]
    public async Task Scrape_FetchesAnewEachTime_AndNamesFollowPrometheus()
    {
        using Meter meter = new("Fairlead.HostingTest");
        CountingSource source = new(meter);
        _sources.Add(source);
        await StartAsync();

        _ = await GetAsync("/metrics");
        (HttpStatusCode status, string text) = await GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, source.Fetched);
        string line = Assert.Single(
            text.Split('\n'),
            l => l.StartsWith("fairlead_test_fetched_total{", StringComparison.Ordinal)
        );
        Assert.Contains("kind=\"scrape\"", line, StringComparison.Ordinal);
        Assert.Contains("} 2", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SourceFails_TheRestIsThere()
    {
        _sources.Add(new FailingSource());
        await StartAsync();

        (HttpStatusCode status, string text) = await GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("dotnet_process_memory_working_set", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DaemonAndMetrics_AnswerOnTheirOwnSocketsOnly()
    {
        await StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/own")).Status);
        Assert.Equal((HttpStatusCode.OK, "own"), await GetAsync("/own", Daemon, HttpVersion.Version20));
        foreach (string path in (string[])["/metrics", "/healthz", "/readyz"])
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(path, Daemon, HttpVersion.Version20)).Status);
    }

    [Fact]
    public async Task MetricsSocket_IsItsOwnersAlone()
    {
        await StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Metrics));
    }

    private async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        UnixSocketListener.Configure(builder, [Daemon]);
        Assert.True(MetricsAddress.TryParse($"unix:{Metrics}", out MetricsAddress? address));
        builder.AddTelemetry("test", address);
        builder.Services.AddRouting();
        foreach (HealthProbe probe in _probes)
            builder.Services.AddSingleton(probe);
        foreach (IScrapeSource source in _sources)
            builder.Services.AddSingleton(source);
        _app = builder.Build();
        _app.UseTelemetry();
        _app.MapGet("/own", context => context.Response.WriteAsync("own", Cancellation));
        await _app.StartAsync(Cancellation);
    }

    private Task<(HttpStatusCode Status, string Text)> GetAsync(string path) =>
        GetAsync(path, Metrics, HttpVersion.Version11);

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(
        string path,
        string socket,
        Version version
    )
    {
        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using HttpClient client = new(handler);
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://localhost{path}")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage response = await client.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private sealed class CountingSource : IScrapeSource
    {
        public CountingSource(Meter meter) =>
            meter.CreateObservableCounter(
                "fairlead.test.fetched",
                () => new Measurement<int>(Fetched, new KeyValuePair<string, object?>("kind", "scrape"))
            );

        public int Fetched { get; private set; }

        public Task FetchAsync(CancellationToken cancellationToken)
        {
            Fetched++;
            return Task.CompletedTask;
        }
    }

    private sealed class FailingSource : IScrapeSource
    {
        public Task FetchAsync(CancellationToken cancellationToken) => throw new IOException("libvirtd is gone");
    }
}
