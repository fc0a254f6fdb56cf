using System.Buffers.Binary;
using System.Net;
using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Netlink;

namespace Fairlead.Guest.Tests.Network;

/// <summary>
/// A guest that pretends to be somebody else, and a pod that watches. Each forgery is made on both of the guest's NICs:
/// what the second one, with <c>antiSpoofing: false</c>, gets through shows that the pod would have seen the first one's.
/// </summary>
[Collection(nameof(TwoMachines))]
public sealed class SpoofingTests(GuestEnvironment environment) : GuestTest(environment)
{
    private const string ForgedMac = "02:66:6f:72:67:65";
    private const string ForgedAddress = "10.88.99.99";

    [Fact]
    public async Task VmiMultus_SpoofedMacBlocked_NorAddressArpAndDhcp_EverLeaveTheVnic()
    {
        GuestMachine machine = NewMachine("forger");
        await machine.ApplyAsync("name: held", "name: free, antiSpoofing: false");
        VirtualMachine vm = await machine.WaitForGuestAsync();
        using FrameCapture capture = FrameCapture.Start(
            Environment.Node.HostPath($"/run/netns/{Environment.Pod.Name}")
        );
        await using GuestConsole console = await machine.OpenConsoleAsync();

        for (int nic = 0; nic < 2; nic++)
            await ForgeAsync(console, $"eth{nic}", vm.Status!.Interfaces[nic]);

        IReadOnlyList<CapturedFrame> seen = await capture.ListAsync();
        string held = vm.Status!.Interfaces[0].Mac!;
        string free = vm.Status.Interfaces[1].Mac!;
        AssertOnlyFrom(free, seen, frame => Source(frame.Bytes) == free && IsFrom(frame.Bytes, ForgedAddress));
        AssertOnlyFrom(free, seen, frame => IsArpOf(frame.Bytes, ForgedAddress));
        // No DHCP answer comes from any guest, whatever it may forge; the same to another port does.
        Assert.DoesNotContain(seen, frame => IsUdpTo(frame.Bytes, 68));
        Assert.Equal(
            2,
            seen.Where(frame => IsUdpTo(frame.Bytes, 71)).Select(frame => Source(frame.Bytes)).Distinct().Count()
        );
        // Each NIC has its own forged MAC: the last octet is the NIC's number.
        Assert.Contains(seen, frame => Source(frame.Bytes) == ForgedMac[..^2] + "01");
        Assert.DoesNotContain(seen, frame => Source(frame.Bytes) == ForgedMac[..^2] + "00");
        // And none of the rules is in the way of a guest that is itself.
        Assert.Contains(seen, frame => Source(frame.Bytes) == held);
        await machine.WaitForGuestAsync();
    }

    private async Task ForgeAsync(GuestConsole console, string nic, InterfaceStatus vnic)
    {
        string pod = Environment.Pod.Address.ToString();
        string own = $"ip route add {pod}/32 dev {nic} src {vnic.IpAddress}";
        await console.RunAsync($"{own}; ping -c 1 -W 2 -I {vnic.IpAddress} {pod}");

        await console.RunAsync($"ip addr add {ForgedAddress}/32 dev {nic}");
        await console.RunAsync($"ping -c 2 -W 1 -I {ForgedAddress} {pod}");
        await console.RunAsync($"arping -U -c 2 -I {nic} -s {ForgedAddress} {ForgedAddress}");
        await console.RunAsync($"arping -A -c 2 -I {nic} -s {ForgedAddress} {ForgedAddress}");
        await console.RunAsync($"ip addr del {ForgedAddress}/32 dev {nic}");
        // busybox counts its first probe: port 67 + 1, where DHCP's answers go.
        foreach (int port in (int[])[67, 70])
            await console.RunAsync($"traceroute -n -q 1 -m 1 -w 1 -s {vnic.IpAddress} -p {port} {pod} 300");

        await console.RunAsync($"ip link set {nic} address {ForgedMac[..^2]}0{nic[^1]}");
        await console.RunAsync($"arping -c 2 -w 3 -I {nic} {pod}");
        await console.RunAsync($"ip link set {nic} address {vnic.Mac}; ip route del {pod}/32 dev {nic}");
    }

    private static void AssertOnlyFrom(string mac, IReadOnlyList<CapturedFrame> seen, Predicate<CapturedFrame> forged)
    {
        CapturedFrame[] found = [.. seen.Where(frame => forged(frame))];
        Assert.NotEmpty(found);
        Assert.All(found, frame => Assert.Equal(mac, Source(frame.Bytes)));
    }

    private static string Source(byte[] frame) => new MacAddress(frame.AsSpan(6, 6)).ToString();

    private static int TypeOf(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));

    // IPv4: source at 12 of the header.
    private static bool IsFrom(byte[] frame, string address) =>
        frame.Length >= 34 && TypeOf(frame) == 0x0800 && new IPAddress(frame.AsSpan(26, 4)).ToString() == address;

    // ARP: the sender's protocol address at 14.
    private static bool IsArpOf(byte[] frame, string address) =>
        frame.Length >= 42 && TypeOf(frame) == 0x0806 && new IPAddress(frame.AsSpan(28, 4)).ToString() == address;

    // IPv4 without options and UDP: the destination port.
    private static bool IsUdpTo(byte[] frame, int port) =>
        frame.Length >= 42
        && TypeOf(frame) == 0x0800
        && frame[23] == 17
        && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(36)) == port;
}
