using System.Diagnostics;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Client;

public sealed class LeaderElectionTests(SharedApiServer shared)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LeaderThatEndsInOrder_GivesTheLeaseUp_AndTheNextNeedNotWaitForItsExpiry()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        await using Candidate a = new(client, "orderly", "a");
        await a.LeadsAsync();
        await using Candidate b = new(client, "orderly", "b");
        await Eventually.Async(() => b.Elector.Leader == "a", s_patience, "b has seen the leader");
        Assert.False(b.Elector.IsLeader);

        long begin = Stopwatch.GetTimestamp();
        await a.DisposeAsync();
        await b.LeadsAsync();

        Assert.True(Stopwatch.GetElapsedTime(begin) < Candidate.LeaseDuration, "b had to wait for the lease to expire");
        Lease lease = await client.GetAsync(Lease.Resource, new ObjectKey("default", "orderly"), Cancellation);
        Assert.Equal(("b", 2), (lease.Spec.HolderIdentity, lease.Spec.LeaseTransitions + 1));
    }

    [Fact]
    public async Task LeaderThatCannotReachTheServer_StopsBeforeAnotherLeads()
    {
        ApiServer server = await shared.GetAsync();
        using TcpRelay relay = new(server.Port);
        using KubernetesClient through = server.ConnectThrough(relay);
        using KubernetesClient direct = server.Connect();
        await using Candidate a = new(through, "cut-off", "a");
        await a.LeadsAsync();
        await using Candidate b = new(direct, "cut-off", "b");
        await Eventually.Async(() => b.Elector.Leader == "a", s_patience, "b has seen the leader");

        relay.Cut();
        await b.LeadsAsync();

        Assert.True(a.LostAt > 0, "b leads while a still does");
        Assert.True(a.LostAt < b.WonAt, "a has stopped after b began");
    }

    [Fact]
    public async Task WorkThatEnds_EndsTheElection()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        LeaderElector elector = new(client, Candidate.Options("short", "a"));

        await elector.RunAsync(_ => Task.CompletedTask, Cancellation);

        Lease lease = await client.GetAsync(Lease.Resource, new ObjectKey("default", "short"), Cancellation);
        Assert.True(string.IsNullOrEmpty(lease.Spec.HolderIdentity));
    }

    [Fact]
    public async Task WorkThatFails_IsToldToTheCaller_AndTheLeaseIsFree()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        LeaderElector elector = new(client, Candidate.Options("failing", "a"));

        await Assert.ThrowsAsync<InvalidDataException>(() =>
            elector.RunAsync(_ => throw new InvalidDataException(), Cancellation)
        );

        Lease lease = await client.GetAsync(Lease.Resource, new ObjectKey("default", "failing"), Cancellation);
        Assert.True(string.IsNullOrEmpty(lease.Spec.HolderIdentity));
    }

    private sealed class Candidate : IAsyncDisposable
    {
        public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(6);

        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        private readonly Task _running;
        private bool _isDisposed;

        public Candidate(KubernetesClient client, string lease, string identity)
        {
            Elector = new LeaderElector(client, Options(lease, identity));
            _running = Elector.RunAsync(LeadAsync, _stop.Token);
        }

        public LeaderElector Elector { get; }

        public long WonAt { get; private set; }

        public long LostAt { get; private set; }

        public static LeaderElectionOptions Options(string lease, string identity) =>
            new()
            {
                Lease = new ObjectKey("default", lease),
                Identity = identity,
                LeaseDuration = LeaseDuration,
                RenewDeadline = TimeSpan.FromSeconds(3),
                RetryPeriod = TimeSpan.FromSeconds(0.5),
            };

        public Task LeadsAsync() => Eventually.Async(() => WonAt > 0, s_patience, "it leads");

        public async ValueTask DisposeAsync()
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }

        private async Task LeadAsync(CancellationToken cancellationToken)
        {
            WonAt = Stopwatch.GetTimestamp();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            finally
            {
                LostAt = Stopwatch.GetTimestamp();
            }
        }
    }
}
