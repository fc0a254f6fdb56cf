using System.Reflection;

namespace Fairlead.Cni.Tests;

public sealed class StatementCoverageTests
{
    [Fact]
    public void EveryOneOfThe44Statements_HasATest()
    {
        IEnumerable<int> held = typeof(StatementCoverageTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<StatementAttribute>())
            .Select(attribute => attribute.Number)
            .Distinct()
            .Order();
        Assert.Equal(Enumerable.Range(1, 44), held);
    }
}
