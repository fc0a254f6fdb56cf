using System.Net.Http.Headers;

namespace Fairlead.Kubernetes.Requests;

/// <summary>A body that can be sent again.</summary>
internal sealed record RequestBody(byte[] Json, string MediaType)
{
    public const string ApplicationJson = "application/json";
    public const string MergePatch = "application/merge-patch+json";

    // JSON is YAML; the server has had a media type of its own for JSON only since 1.36.
    public const string ApplyPatch = "application/apply-patch+yaml";

    public HttpContent ToContent()
    {
        ByteArrayContent content = new(Json);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
        return content;
    }
}
