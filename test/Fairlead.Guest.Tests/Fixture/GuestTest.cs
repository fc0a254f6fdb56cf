namespace Fairlead.Guest.Tests.Fixture;

/// <summary>A test in the shared environment: what it makes is gone when it ends, however it ends.</summary>
public abstract class GuestTest(GuestEnvironment environment) : IAsyncLifetime
{
    private readonly List<string> _machines = [];

    protected GuestEnvironment Environment { get; } = environment;

    public virtual async ValueTask InitializeAsync() => await Environment.StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        bool failed = TestContext.Current.TestState?.Result == TestResult.Failed;
        if (failed)
            TestContext.Current.TestOutputHelper?.WriteLine(Environment.Logs());
        if (failed && _machines is not [])
            await Environment.UpAsync();
        if (_machines is not [])
            await Environment.FairleadAsync(["delete", "vm", "--ignore-not-found", .. _machines]);
    }

    /// <summary>A machine of this test alone; nothing is applied yet.</summary>
    protected GuestMachine NewMachine(string name)
    {
        _machines.Add(name);
        return new GuestMachine(Environment, name);
    }
}
