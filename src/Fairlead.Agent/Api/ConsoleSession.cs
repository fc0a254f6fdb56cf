using Fairlead.Agent.Reconciling;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Vmi;
using Google.Protobuf;
using Grpc.Core;

namespace Fairlead.Agent.Api;

/// <summary>Carries a serial console between libvirt and a caller, in both directions until one of them ends.</summary>
internal sealed class ConsoleSession(LibvirtSession libvirt)
{
    private const int BufferBytes = 4096;

    public async Task RunAsync(
        IAsyncStreamReader<ConsoleRequest> requests,
        IServerStreamWriter<ConsoleResponse> responses,
        Func<VirtualMachineKey, VmRecord> require,
        CancellationToken cancellationToken
    )
    {
        if (!await requests.MoveNext(cancellationToken) || requests.Current.Target is not { } target)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the first message must name a target"));
        VmRecord record = require(new VirtualMachineKey(target.Namespace, target.Name));
        await using DomainConsole console = await OpenAsync(record, target.Force, cancellationToken);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task input = CopyInputAsync(requests, console, end.Token);
        Task output = CopyOutputAsync(console, responses, end.Token);
        // The end of the input is not the end of the session: a pipe has said all, and waits for the answer.
        await output;
        await end.CancelAsync();
        try
        {
            await input;
        }
        catch (OperationCanceledException) { } // by the line above
    }

    private async Task<DomainConsole> OpenAsync(VmRecord record, bool force, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        Domain? domain = await connection.FindDomainAsync(Guid.Parse(record.Uid), cancellationToken);
        if (domain is null || !await domain.IsActiveAsync(cancellationToken))
            throw new RpcException(
                new Status(
                    StatusCode.FailedPrecondition,
                    $"{record.Key} is not running (phase {record.Vm.Status?.Phase}): there is no console"
                )
            );
        try
        {
            return await domain.OpenConsoleAsync(
                flags: force ? DomainConsoleFlags.Force : DomainConsoleFlags.Safe,
                cancellationToken: cancellationToken
            );
        }
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.VIR_ERR_OPERATION_FAILED)
        {
            throw new RpcException(
                new Status(
                    StatusCode.AlreadyExists,
                    $"the console of {record.Key} is in use; --force takes it ({e.LibvirtMessage})"
                )
            );
        }
    }

    private static async Task CopyInputAsync(
        IAsyncStreamReader<ConsoleRequest> requests,
        DomainConsole console,
        CancellationToken cancellationToken
    )
    {
        while (await requests.MoveNext(cancellationToken))
            await console.WriteAsync(requests.Current.Input.Memory, cancellationToken);
    }

    private static async Task CopyOutputAsync(
        DomainConsole console,
        IServerStreamWriter<ConsoleResponse> responses,
        CancellationToken cancellationToken
    )
    {
        byte[] buffer = new byte[BufferBytes];
        while (await console.ReadAsync(buffer, cancellationToken) is > 0 and int read)
            await responses.WriteAsync(
                new ConsoleResponse { Output = ByteString.CopyFrom(buffer, 0, read) },
                cancellationToken
            );
    }
}
