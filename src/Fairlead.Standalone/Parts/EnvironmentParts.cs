using System.Globalization;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Recipes;

namespace Fairlead.Standalone.Parts;

/// <summary>The parts of one environment, and the order in which they come and go.</summary>
internal sealed class EnvironmentParts
{
    private readonly EnvironmentContext _context;
    private readonly RecordsPart _records;
    private readonly CniConfigurationPart _configuration;
    private readonly PodInterfacePart _podInterface;
    private readonly NetworkNamespacePart _networkNamespace;
    private readonly SandboxPart _sandbox;
    private readonly LibvirtdPart _libvirtd;
    private readonly CniProxyPart _cniProxy;

    public EnvironmentParts(EnvironmentContext context)
    {
        _context = context;
        _records = new(context);
        _configuration = new(context);
        _networkNamespace = new(context);
        _sandbox = new(context);
        _podInterface = new(context, _configuration);
        _libvirtd = new(context);
        _cniProxy = new(context);
        Agent = new(context);
    }

    public AgentPart Agent { get; }

    /// <summary>In the order of making.</summary>
    public IReadOnlyList<IEnvironmentPart> All => [_records, .. Shown];

    /// <summary>Those that status shows.</summary>
    public IReadOnlyList<IEnvironmentPart> Shown =>
        [_configuration, _networkNamespace, _sandbox, _podInterface, _libvirtd, _cniProxy, Agent];

    /// <summary>
    /// The whole tear-down, from any state: virtual machines first, then who works for them, then what those work with, the
    /// record last.
    /// </summary>
    public IEnumerable<TeardownStep> Teardown(DownOptions options, StepLog log)
    {
        yield return new TeardownStep(_networkNamespace.Name, _ => Task.FromResult(_networkNamespace.RestoreName()))
        {
            IsCourtesy = true,
        };
        if (!options.Force)
        {
            yield return new TeardownStep("virtual machines", token => ShutDownMachinesAsync(options, log, token))
            {
                Timeout = options.Timeout + (3 * _context.Timeout),
                IsCourtesy = true,
            };
        }
        yield return TeardownStep.Remove(Agent);
        yield return new TeardownStep("attachments", _cniProxy.ReleaseLeftoversAsync)
        {
            Timeout = TimeSpan.FromSeconds(300),
        };
        yield return TeardownStep.Remove(_cniProxy);
        yield return TeardownStep.Remove(_libvirtd);
        yield return new TeardownStep("processes in the pod", token => PodProcesses.EndAllAsync(_context, token));
        yield return TeardownStep.Remove(_podInterface) with
        {
            Timeout = TimeSpan.FromSeconds(300),
            IsCourtesy = options.Force,
        };
        if (options.Force)
            yield return new TeardownStep(_podInterface.Name, _ => _podInterface.ForgetAsync());
        yield return TeardownStep.Remove(_sandbox);
        yield return TeardownStep.Remove(_networkNamespace);
        yield return TeardownStep.Remove(_configuration);
        yield return TeardownStep.Remove(_records) with
        {
            OnlyWhenNothingIsLeft = true,
        };
    }

    private async Task<string?> ShutDownMachinesAsync(
        DownOptions options,
        StepLog log,
        CancellationToken cancellationToken
    )
    {
        if (Agent.Find() is null)
        {
            ProcessIdentity? libvirtd = _libvirtd.Find();
            int others = PodProcesses.List(_context).Count(process => process != libvirtd);
            if (others == 0)
                return null; // nothing of a virtual machine is left that could be shut down
            log.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the agent is not running, and {others} processes of virtual machines are: starting it again"
                )
            );
        }
        // The agent needs the others for it, and may itself have been started a moment ago only.
        foreach (IEnvironmentPart part in (IEnvironmentPart[])[_sandbox, _libvirtd, _cniProxy, Agent])
        {
            if (await part.EnsureAsync(cancellationToken) is { } done)
                log.Line(done);
        }
        return await Agent.DrainAsync(options.Timeout, log, cancellationToken);
    }
}
