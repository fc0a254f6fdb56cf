[assembly: AssemblyFixture(typeof(Fairlead.KubeApi.Tests.Fixture.SharedApiServer))]

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>One server for all tests that leave it running; each uses names of its own.</summary>
public sealed class SharedApiServer : IAsyncLifetime
{
    private readonly SemaphoreSlim _starting = new(1);
    private ApiServer? _server;

    /// <summary>Starts it for the first that asks, so that without one each test says why it is skipped.</summary>
    public async Task<ApiServer> GetAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _server ??= await ApiServer.StartAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _starting.Dispose();
    }
}
