namespace Fairlead.Crds.Validation;

internal static class Wording
{
    public static string Required(string example) => $"required, as in {example}";
}
