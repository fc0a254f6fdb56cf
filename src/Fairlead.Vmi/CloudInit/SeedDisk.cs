using System.Text;
using System.Text.Json;

namespace Fairlead.Vmi.CloudInit;

/// <summary>The disk from which cloud-init's data source NoCloud reads: a volume with the label CIDATA. Pure.</summary>
public static class SeedDisk
{
    /// <param name="vmUid">The instance: cloud-init configures a guest anew when it is another one.</param>
    /// <param name="hostname">The guest's.</param>
    /// <param name="vnics">The VM's attachments, in the manifest's order; each has its endpoint.</param>
    public static byte[] Build(string vmUid, string hostname, IEnumerable<AttachmentRecord> vnics) =>
        FatImage.Build(
            "CIDATA",
            [
                ("meta-data", Text($"instance-id: {Quoted(vmUid)}\nlocal-hostname: {Quoted(hostname)}\n")),
                // It must be there, and says nothing: what else a guest shall do is the image's own.
                ("user-data", Text("#cloud-config\n{}\n")),
                ("network-config", NetworkConfig.Build(vnics)),
            ]
        );

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
