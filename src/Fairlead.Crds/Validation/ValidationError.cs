namespace Fairlead.Crds;

/// <summary>Something wrong with a virtual machine: the field, as <c>spec.domain.vcpu</c>, and what is wanted.</summary>
public sealed record ValidationError(string Path, string Message)
{
    public override string ToString() => Path is "" ? Message : $"{Path}: {Message}";
}
