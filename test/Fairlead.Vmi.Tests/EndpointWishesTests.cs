using Fairlead.CniProxy.V1;
using Fairlead.Netlink;

namespace Fairlead.Vmi.Tests;

public sealed class EndpointWishesTests
{
    private static readonly InterfaceAddress s_before = InterfaceAddress.Parse("10.88.0.4/16");
    private static readonly VnicIdentity s_kept = new(Sample.Mac, "podnet", [s_before]);

    [Fact]
    public void NewVnic_LeavesEverythingToTheNetwork() =>
        Assert.Equal((new EndpointWish(), null), EndpointWishes.Of(Request(), before: null, Offer("mac", "ips")));

    [Fact]
    public void WhatItHadBefore_IsAskedForAgain() =>
        Assert.Equal(
            (new EndpointWish { Mac = Sample.Mac, Addresses = [s_before] }, null),
            EndpointWishes.Of(Request() with { Kept = s_kept }, before: null, Offer("mac", "ips"))
        );

    [Fact]
    public void ManifestsMacAndAddress_WinOverThoseOfBefore()
    {
        MacAddress mac = MacAddress.Parse("02:00:00:00:00:01");
        InterfaceAddress address = InterfaceAddress.Parse("10.88.0.9/32");
        VnicRequest request = Request() with { Mac = mac, Address = address, Kept = s_kept };

        Assert.Equal(
            (new EndpointWish { Mac = mac, Addresses = [address] }, null),
            EndpointWishes.Of(request, s_kept, Offer()) // the proxy's refusal is the user's to read
        );
    }

    [Fact]
    public void NetworkThatCannotBeAskedForAddresses_IsAskedForTheMac_AndTheLossIsSaid()
    {
        (EndpointWish wish, string? lost) = EndpointWishes.Of(Request(), s_kept, Offer("mac"));

        Assert.Equal(new EndpointWish { Mac = Sample.Mac }, wish);
        Assert.Contains("network podnet cannot be asked for 10.88.0.4", lost, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherNetwork_IsNotAskedForTheAddressesOfTheFirst()
    {
        VnicIdentity elsewhere = s_kept with { Network = "storage" };

        Assert.Equal(
            (new EndpointWish { Mac = Sample.Mac }, null),
            EndpointWishes.Of(Request(), elsewhere, Offer("mac", "ips"))
        );
    }

    [Fact]
    public void EndpointThatIsThere_IsKeptUntilTheManifestWantsAnother()
    {
        EndpointWish asked = new() { Mac = Sample.Mac };
        VnicEndpoint endpoint = Sample.Endpoint("10.88.0.4/16");

        Assert.True(EndpointWishes.IsSatisfied(Request(), asked, endpoint));
        Assert.True(EndpointWishes.IsSatisfied(Request() with { Address = s_before }, asked, endpoint));
        Assert.False(EndpointWishes.IsSatisfied(Request() with { Network = "storage" }, asked, endpoint));
        Assert.False(
            EndpointWishes.IsSatisfied(Request() with { Mac = MacAddress.Parse("02:00:00:00:00:01") }, asked, endpoint)
        );
        Assert.False(
            EndpointWishes.IsSatisfied(
                Request() with
                {
                    Address = InterfaceAddress.Parse("10.88.0.9/16"),
                },
                asked,
                endpoint
            )
        );
    }

    private static VnicRequest Request() => new(Sample.Names, null, null, new GuestFacts { Hostname = "web" });

    private static Network Offer(params string[] options)
    {
        Network network = new() { Name = "podnet", Default = true };
        network.Options.Add(options);
        return network;
    }
}
