using Fairlead.Crds;
using Fairlead.Netlink;
using Fairlead.Vmi;

namespace Fairlead.Agent.Reconciling;

/// <summary>What a vNIC keeps for as long as its machine exists, as records have it.</summary>
internal sealed record KeptVnic
{
    public required string Mac { get; init; }

    /// <summary>The network that the addresses are of.</summary>
    public string? Network { get; init; }

    /// <summary>With their prefix lengths.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    public static KeptVnic? Of(AttachmentRecord? attachment) =>
        attachment?.Endpoint is not { } endpoint
            ? null
            : new KeptVnic
            {
                Mac = endpoint.Mac.ToString(),
                Network = attachment.Network,
                Addresses = [.. endpoint.Addresses.Select(address => address.ToString())],
            };

    /// <summary>As a set-up takes it.</summary>
    /// <param name="withAddresses">Whether the addresses are wanted again too.</param>
    public VnicIdentity ToIdentity(bool withAddresses) =>
        new(MacAddress.Parse(Mac), Network, withAddresses ? [.. Addresses.Select(InterfaceAddress.Parse)] : []);
}

/// <summary>The identities of a machine's vNICs. Pure.</summary>
internal static class VnicIdentities
{
    /// <summary>The record that remembers what its vNICs have now; what one had that has nothing now stays remembered.</summary>
    public static VmRecord WithIdentities(
        this VmRecord record,
        VirtualMachineSpec spec,
        IReadOnlyDictionary<string, AttachmentRecord> attachments
    )
    {
        SortedDictionary<string, KeptVnic> kept = new(StringComparer.Ordinal);
        foreach (DomainInterface nic in spec.Domain.Devices.Interfaces)
        {
            if (KeptVnic.Of(attachments.GetValueOrDefault(nic.Name!)) is { } now)
                kept[nic.Name!] = now;
            else if (record.Identities.TryGetValue(nic.Name!, out KeptVnic? before))
                kept[nic.Name!] = before;
        }

        return record with
        {
            Identities = kept,
        };
    }

    /// <summary>The record with a condition that says which vNIC could not keep what it had, and why.</summary>
    public static VmRecord WithIdentityCondition(
        this VmRecord record,
        IReadOnlyDictionary<string, AttachmentRecord> attachments,
        DateTimeOffset now
    )
    {
        string[] losses = [.. attachments.Values.SelectMany(LossesOf)];
        return losses is []
            ? record.WithoutCondition(ConditionTypes.IdentityKept)
            : record.WithCondition(
                ConditionTypes.IdentityKept,
                status: false,
                attachments.Values.Any(a => a.AddressesLost is not null) ? Reasons.AddressLost : Reasons.MacIgnored,
                string.Join("; ", losses),
                now
            );
    }

    private static IEnumerable<string> LossesOf(AttachmentRecord attachment)
    {
        if (attachment.AddressesLost is { } reason)
            yield return $"vNIC {attachment.Vnic}: {reason}; it has {Text(attachment)} now, which a guest that ran meanwhile gets when it asks DHCP again";
        if (attachment.Endpoint is { MacOfNetwork: { } given } endpoint)
            yield return $"vNIC {attachment.Vnic}: network {attachment.Network} ignores the MAC {endpoint.Mac} and knows it as {given}; a network that checks MACs drops its frames";
    }

    private static string Text(AttachmentRecord attachment) =>
        attachment.Endpoint?.Addresses is { Count: > 0 } addresses
            ? string.Join(", ", addresses.Select(a => a.Address))
            : "no address";
}
