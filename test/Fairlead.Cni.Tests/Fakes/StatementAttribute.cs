using Xunit.v3;

namespace Fairlead.Cni.Tests;

/// <summary>The number of the statement about libcni's behaviour that a test holds us to (docs: "the 44 statements").</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class StatementAttribute(int number) : Attribute, ITraitAttribute
{
    public int Number { get; } = number;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [new("Statement", Number.ToString(System.Globalization.CultureInfo.InvariantCulture))];
}
