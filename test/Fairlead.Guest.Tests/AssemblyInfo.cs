// One environment, and never more guests at once than two cores bear.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Fairlead.Guest.Tests.Fixture.GuestEnvironment))]
