using System.Net;

namespace Fairlead.Vmi.Tests;

public sealed class LinkLocalSubnetsTests
{
    private static readonly HashSet<IPAddress> s_none = [];

    [Fact]
    public void Address_IsTheFirstOfASlash30AwayFromKnownOnes()
    {
        for (int i = 0; i < 5000; i++)
        {
            byte[] octets = LinkLocalSubnets.Choose($"uid/net{i}", s_none).GetAddressBytes();

            Assert.Equal([169, 254], octets[..2]);
            Assert.DoesNotContain(octets[2], new byte[] { 0, 1, 20, 25, 169, 255 });
            Assert.Equal(1, octets[3] % 4);
        }
    }

    [Fact]
    public void SameKeyAndNeighbours_SameAddress() =>
        Assert.Equal(LinkLocalSubnets.Choose("uid/net0", s_none), LinkLocalSubnets.Choose("uid/net0", s_none));

    [Fact]
    public void Taken_TheNextIsChosen()
    {
        HashSet<IPAddress> taken = [];
        for (int i = 0; i < 100; i++)
            Assert.True(taken.Add(LinkLocalSubnets.Choose("uid/net0", taken)));
    }

    [Fact]
    public void AllButOneTaken_ThatOneIsFound()
    {
        HashSet<IPAddress> taken = [.. Everything()];
        IPAddress free = IPAddress.Parse("169.254.77.9");
        taken.Remove(free);

        Assert.Equal(free, LinkLocalSubnets.Choose("uid/net0", taken));
    }

    [Fact]
    public void AllTaken_SaysSo()
    {
        HashSet<IPAddress> taken = [.. Everything()];

        Assert.Throws<InvalidOperationException>(() => LinkLocalSubnets.Choose("uid/net0", taken));
    }

    private static IEnumerable<IPAddress> Everything() =>
        from third in Enumerable.Range(0, 256)
        from fourth in Enumerable.Range(0, 64)
        select new IPAddress([169, 254, (byte)third, (byte)((fourth * 4) + 1)]);
}
