using System.Net;
using Fairlead.CniProxy.Client;
using Fairlead.Crds;
using Fairlead.Netlink;
using Fairlead.Vmi;
using Identities = System.Collections.Generic.IReadOnlyDictionary<string, Fairlead.Agent.Reconciling.KeptVnic>;

namespace Fairlead.Agent.Reconciling;

/// <summary>The pod-network vNICs of one virtual machine, set up and torn down together.</summary>
internal sealed class VnicSet(
    VmInterfaceSetup setup,
    VmInterfaceTeardown teardown,
    VmInterfaceCheck check,
    NetworkCatalog networks,
    VmInterfaceRepair repair,
    AttachmentRecordStore records
)
{
    private static readonly Identities s_nothing = new Dictionary<string, KeptVnic>();

    /// <summary>Sets all of them up, at once; when one fails, all are given back but those that are to be retained.</summary>
    /// <returns>The attachments by vNIC name.</returns>
    /// <exception cref="ReconcileException">What failed, vNIC by vNIC.</exception>
    public async Task<IReadOnlyDictionary<string, AttachmentRecord>> SetUpAsync(
        VirtualMachine vm,
        Identities kept,
        CancellationToken cancellationToken
    )
    {
        VnicRequest[] requests = [.. RequestsOf(vm, kept)];
        await RefuseImpossibleAsync(requests, cancellationToken);
        Task<AttachmentRecord>[] tasks = [.. requests.Select(r => setup.SetUpAsync(r, cancellationToken))];
        try
        {
            return (await Task.WhenAll(tasks)).ToDictionary(r => r.Vnic, StringComparer.Ordinal);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            Exception[] failures = [.. tasks.SelectMany(t => t.Exception?.InnerExceptions ?? [])];
            string[] messages =
            [
                .. requests
                    .Zip(tasks)
                    .Where(pair => pair.Second.IsFaulted)
                    .Select(pair =>
                        $"vNIC {pair.First.Names.Vnic}: {pair.Second.Exception!.GetBaseException().Message}"
                    ),
            ];
            try
            {
                await ReleaseAsync(vm, cancellationToken);
            }
            catch (AggregateException e)
            {
                messages = [.. messages, .. e.InnerExceptions.Select(failure => failure.Message)];
            }

            throw new ReconcileException(
                Reasons.AttachFailed,
                string.Join("; ", messages.Distinct()),
                new AggregateException(failures)
            );
        }
    }

    private async Task RefuseImpossibleAsync(VnicRequest[] requests, CancellationToken cancellationToken)
    {
        try
        {
            await networks.CheckAsync(requests, cancellationToken);
        }
        catch (Exception e) when (e is VnicSetupException or CniProxyException)
        {
            throw new ReconcileException(Reasons.AttachFailed, e.Message, e);
        }
    }

    /// <summary>Sets one of them up; given back when that fails.</summary>
    /// <exception cref="ReconcileException">What failed.</exception>
    public async Task<AttachmentRecord> SetUpOneAsync(
        VirtualMachine vm,
        string vnic,
        Identities kept,
        CancellationToken cancellationToken
    )
    {
        VnicRequest request = RequestsOf(vm, kept).Single(r => r.Names.Vnic == vnic);
        await RefuseImpossibleAsync([request], cancellationToken);
        try
        {
            return await setup.SetUpAsync(request, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            string message = $"vNIC {vnic}: {e.Message}";
            try
            {
                await teardown.TearDownAsync(request.Names, cancellationToken);
            }
            catch (VnicTeardownException failure)
            {
                message += $"; {failure.Message}";
            }

            throw new ReconcileException(Reasons.AttachFailed, message, e);
        }
    }

    /// <summary>Gives one attachment back.</summary>
    /// <exception cref="ReconcileException">It is not wholly released.</exception>
    public async Task TearDownOneAsync(AttachmentRecord attachment, CancellationToken cancellationToken)
    {
        try
        {
            await teardown.TearDownAsync(attachment.Names, cancellationToken);
        }
        catch (VnicTeardownException e)
        {
            throw new ReconcileException(Reasons.ReleaseFailed, e.Message, e);
        }
    }

    /// <summary>
    /// Gives back the attachments of a VM that does not run, and parks those with <c>addressPolicy: Retain</c>; all are
    /// tried.
    /// </summary>
    /// <returns>How many were given back.</returns>
    /// <exception cref="AggregateException">Some are not.</exception>
    public async Task<int> ReleaseAsync(VirtualMachine vm, CancellationToken cancellationToken)
    {
        HashSet<string?> retained =
        [
            .. vm
                .Spec.Domain.Devices.Interfaces.Where(nic =>
                    nic is { Type: InterfaceTypes.PodNetwork, AddressPolicy: AddressPolicies.Retain }
                )
                .Select(nic => nic.Name),
        ];
        return await ForEachAsync(
            records.OfVm(vm.Metadata.Uid!).Values,
            async record =>
            {
                bool park = record.Endpoint is not null && retained.Contains(record.Vnic);
                if (park)
                    await teardown.ParkAsync(record, cancellationToken);
                else
                    await teardown.TearDownAsync(record.Names, cancellationToken);
                return !park;
            }
        );
    }

    /// <summary>Gives back every attachment of the VM, whatever its spec says now; all are tried.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="AggregateException">Some are not released.</exception>
    public Task<int> TearDownAsync(string vmUid, CancellationToken cancellationToken) =>
        ForEachAsync(
            records.OfVm(vmUid).Values,
            async record =>
            {
                await teardown.TearDownAsync(record.Names, cancellationToken);
                return true;
            }
        );

    private static async Task<int> ForEachAsync(
        IEnumerable<AttachmentRecord> attached,
        Func<AttachmentRecord, Task<bool>> release
    )
    {
        int released = 0;
        List<Exception> failures = [];
        foreach (AttachmentRecord record in attached)
        {
            try
            {
                if (await release(record))
                    released++;
            }
            catch (VnicTeardownException e)
            {
                failures.Add(e);
            }
        }

        return failures is [] ? released : throw new AggregateException(failures);
    }

    /// <summary>The attachments that there are, by vNIC name.</summary>
    public IReadOnlyDictionary<string, AttachmentRecord> Find(string vmUid) => records.OfVm(vmUid);

    /// <summary>What is wrong with them; empty when nothing is.</summary>
    public async Task<IReadOnlyList<VnicFault>> FindFaultsAsync(VirtualMachine vm, CancellationToken cancellationToken)
    {
        List<VnicFault> faults = [];
        IReadOnlyDictionary<string, AttachmentRecord> attached = Find(vm.Metadata.Uid!);
        foreach (VnicRequest request in RequestsOf(vm, s_nothing))
        {
            if (attached.TryGetValue(request.Names.Vnic, out AttachmentRecord? record))
                faults.AddRange(await check.FindFaultsAsync(record, cancellationToken));
            else
                faults.Add(
                    new VnicFault(
                        VnicFaultKind.AttachmentMissing,
                        request.Names.Vnic,
                        $"vNIC {request.Names.Vnic}",
                        "has no attachment",
                        "stop and start the VM"
                    )
                );
        }

        return faults;
    }

    /// <summary>Repairs what can be repaired of these faults, vNIC by vNIC.</summary>
    public async Task<IReadOnlyList<VnicRepair>> RepairAsync(
        VirtualMachine vm,
        IReadOnlyList<VnicFault> faults,
        Identities kept,
        CancellationToken cancellationToken
    )
    {
        List<VnicRepair> repairs = [];
        IReadOnlyDictionary<string, AttachmentRecord> attached = Find(vm.Metadata.Uid!);
        foreach (VnicRequest request in RequestsOf(vm, kept))
        {
            VnicFault[] own = [.. faults.Where(f => f.Vnic == request.Names.Vnic)];
            if (own is not [] && attached.GetValueOrDefault(request.Names.Vnic) is { } record)
                repairs.AddRange(await repair.RepairAsync(request, record, own, cancellationToken));
        }

        return repairs;
    }

    private static IEnumerable<VnicRequest> RequestsOf(VirtualMachine vm, Identities kept) =>
        vm
            .Spec.Domain.Devices.Interfaces.Where(nic => nic.Type == InterfaceTypes.PodNetwork)
            .Select(nic => new VnicRequest(
                new VnicNames(vm.Metadata.Uid!, vm.Key, nic.Name!),
                nic.Source?.Network,
                nic.Mac?.Address is { } mac ? MacAddress.Parse(mac) : null,
                FactsOf(vm, nic)
            )
            {
                MaySpoof = nic.AntiSpoofing == false,
                Dns = DnsOf(vm.Spec),
                Address = AddressOf(nic.Ip),
                Kept = kept.GetValueOrDefault(nic.Name!)?.ToIdentity(nic.AddressPolicy == AddressPolicies.Retain),
                Launcher = vm.Status?.Placement is null ? null : LauncherOf(vm.Key),
            });

    // A plugin that has ranges of its own takes the prefix length from them.
    private static InterfaceAddress? AddressOf(InterfaceIp? ip) =>
        ip?.Address is { } address ? new InterfaceAddress(IPAddress.Parse(address), ip.Prefix ?? 32) : null;

    // As the controller names it.
    private static string LauncherOf(VirtualMachineKey key) => $"{key.Namespace}/{key.Name}-launcher";

    private static GuestFacts FactsOf(VirtualMachine vm, DomainInterface nic) =>
        new()
        {
            Hostname = vm.Spec.Hostname ?? vm.Metadata.Name,
            MtuBytes = nic.Mtu?.Size,
            TftpServerName = nic.DhcpOptions?.TftpServerName,
            BootFileName = nic.DhcpOptions?.BootFileName,
            NtpServers = [.. (nic.DhcpOptions?.NtpServers ?? []).Select(IPAddress.Parse)],
            PrivateOptions =
            [
                .. (nic.DhcpOptions?.PrivateOptions ?? []).Select(o => new PrivateOption(o.Option!.Value, o.Value!)),
            ],
        };

    private static DnsChoice DnsOf(VirtualMachineSpec spec) =>
        new(
            spec.DnsPolicy,
            new VnicDns
            {
                Servers = [.. (spec.DnsConfig?.Nameservers ?? []).Select(IPAddress.Parse)],
                Search = spec.DnsConfig?.Searches ?? [],
            }
        );
}
