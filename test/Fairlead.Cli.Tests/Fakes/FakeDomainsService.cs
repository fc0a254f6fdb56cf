using Fairlead.Agent.V1;
using Grpc.Core;

namespace Fairlead.Cli.Tests.Fakes;

/// <summary>A libvirt domain "mine" with one vNIC, and what was asked of it.</summary>
internal sealed class FakeDomains
{
    public List<AttachRequest> Attached { get; } = [];

    /// <summary>Whether the guest lets its vNICs go at once.</summary>
    public bool GuestLetsGo { get; set; } = true;
}

/// <summary>The calls of agent.proto over <see cref="FakeDomains"/>.</summary>
internal sealed class FakeDomainsService(FakeDomains domains) : Domains.DomainsBase
{
    public override Task<AttachResponse> Attach(AttachRequest request, ServerCallContext context)
    {
        if (request.Domain != "mine")
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"no domain \"{request.Domain}\""));
        domains.Attached.Add(request);
        AttachResponse response = new()
        {
            Name = request.Name.Length == 0 ? "net0" : request.Name,
            Network = "podnet",
            Mac = "02:00:00:00:00:07",
        };
        response.Addresses.Add("10.88.0.7/16");
        return Task.FromResult(response);
    }

    public override Task<DetachResponse> Detach(DetachRequest request, ServerCallContext context) =>
        Task.FromResult(new DetachResponse { Pending = !domains.GuestLetsGo });

    public override Task<ListDomainsResponse> ListDomains(ListDomainsRequest request, ServerCallContext context)
    {
        ListedDomain mine = new() { Name = "mine", Uuid = "6a1f2e7c-55b0-4c49-9d5e-0f6f0f9d0001" };
        mine.Vnics.Add("net0");
        ListDomainsResponse response = new();
        response.Domains.Add(mine);
        return Task.FromResult(response);
    }
}
