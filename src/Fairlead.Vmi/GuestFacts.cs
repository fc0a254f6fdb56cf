using System.Net;

namespace Fairlead.Vmi;

/// <summary>What the manifest has the guest told by DHCP, beside what its endpoint says.</summary>
public sealed record GuestFacts
{
    /// <summary>A DNS label.</summary>
    public required string Hostname { get; init; }

    /// <summary>Lowers the endpoint's MTU; null leaves it.</summary>
    public int? MtuBytes { get; init; }

    /// <summary>Option 66.</summary>
    public string? TftpServerName { get; init; }

    /// <summary>Option 67.</summary>
    public string? BootFileName { get; init; }

    /// <summary>Option 42, IPv4.</summary>
    public IReadOnlyList<IPAddress> NtpServers { get; init; } = [];

    /// <summary>Options 224 to 254, texts.</summary>
    public IReadOnlyList<PrivateOption> PrivateOptions { get; init; } = [];
}

/// <summary>A DHCP option of the site's own.</summary>
public sealed record PrivateOption(int Code, string Value);
