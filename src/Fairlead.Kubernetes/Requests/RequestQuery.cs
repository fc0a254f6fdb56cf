using System.Text;

namespace Fairlead.Kubernetes.Requests;

/// <summary>The part of a URL after the question mark; what is null or empty is left out.</summary>
internal static class RequestQuery
{
    public static string Of(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        StringBuilder query = new();
        foreach ((string name, string? value) in parameters)
        {
            if (string.IsNullOrEmpty(value))
                continue;
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return query.ToString();
    }
}
