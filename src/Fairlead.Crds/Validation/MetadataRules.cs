using System.Text;

namespace Fairlead.Crds.Validation;

/// <summary>Names, labels and annotations as Kubernetes has them (names: the stricter DNS label, for host names).</summary>
internal static class MetadataRules
{
    // k8s.io/apimachinery, TotalAnnotationSizeLimitB.
    private const int AnnotationBytes = 256 * 1024;

    public static void Check(ObjectMeta metadata, string path, Errors errors)
    {
        if (metadata.Name is "")
            errors.Add(path + ".name", Wording.Required("name: web"));
        else
            errors.Matches(path + ".name", metadata.Name, Syntax.IsDnsLabel, Wording.DnsLabel);
        errors.Matches(path + ".namespace", metadata.Namespace, Syntax.IsDnsLabel, Wording.DnsLabel);

        foreach ((string key, string value) in metadata.Labels)
        {
            string at = FieldPath.Key(path + ".labels", key);
            errors.Matches(at, key, Syntax.IsLabelKey, "a label key ([PREFIX/]NAME, as in app.kubernetes.io/name)");
            errors.Matches(
                at,
                value,
                Syntax.IsLabelValue,
                "a label value (letters, digits, - _ ., a letter or digit at both ends, at most 63)"
            );
        }
        foreach (string key in metadata.Annotations.Keys)
        {
            errors.Matches(
                FieldPath.Key(path + ".annotations", key),
                key,
                // Kubernetes takes capital letters in the prefix of an annotation, though not of a label.
                candidate => Syntax.IsLabelKey(candidate.ToLowerInvariant()),
                "an annotation key ([PREFIX/]NAME, as in example.com/owner)"
            );
        }
        long size = metadata.Annotations.Sum(pair =>
            (long)Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value)
        );
        if (size > AnnotationBytes)
            errors.Add(path + ".annotations", "have more than 256 KiB in all");
    }
}
