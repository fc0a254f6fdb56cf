using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>
/// One run of a verb: its network, its runtime and its answer, which is JSON on standard output in every case, as a
/// plugin's is (CNI spec section 5).
/// </summary>
internal sealed class CniRun
{
    private readonly ParseResult _parseResult;
    private readonly CliInvocation _invocation;
    private NetworkConfigurationList? _network;

    private CniRun(ParseResult parseResult)
    {
        _parseResult = parseResult;
        _invocation = CliInvocation.Of(parseResult);
    }

    public static CniRun Of(ParseResult parseResult) => new(parseResult);

    /// <summary>Does the work and turns its failure into the specification's error object and an exit status.</summary>
    public static async Task<int> ExecuteAsync(ParseResult parseResult, Func<CniRun, Task> work)
    {
        CniRun run = Of(parseResult);
        try
        {
            await work(run);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException e) when (e.InnerException is CniException left)
        {
            run._invocation.WriteError(CniErrorObject.OneLine(left, hint: null));
            throw;
        }
        catch (Exception e) when (CniErrorObject.CanDescribe(e))
        {
            string? hint = run.HintFor(e);
            run._invocation.Output.Write(CniErrorObject.Json(e, hint, run.Version));
            if (run._invocation.ErrorIsTerminal)
                run._invocation.WriteError(CniErrorObject.OneLine(e, hint));
            return ExitCodes.Failed;
        }
    }

    public PluginFiles PluginFiles => new(CniOptions.PluginDirectoriesOf(_parseResult));

    /// <summary>The network of that name in the configuration directory.</summary>
    public NetworkConfigurationList Find(string name) =>
        Use(new NetworkConfigurationDirectory(CniOptions.ConfigurationDirectoryOf(_parseResult)).Find(name));

    /// <summary>
    /// The network of that name; if its configuration has gone, what its attachment was made with, since there is no
    /// other way left to release that.
    /// </summary>
    public NetworkConfigurationList FindForDelete(string name, CachedAttachment? cached)
    {
        try
        {
            return Find(name);
        }
        catch (CniNetworkNotFoundException) when (cached is { Configuration.Length: > 0 })
        {
            return Use(NetworkConfigurationList.Parse(cached.Configuration.Span));
        }
    }

    /// <summary>What the cache remembers of an attachment; null if nothing, or nothing that can be used.</summary>
    public static CachedAttachment? TryReadCache(CniRuntime runtime, string network, CniAttachmentId id)
    {
        try
        {
            return runtime.Cache?.Read(network, id);
        }
        catch (Exception e) when (e is CniException or CniFormatException or IOException or UnauthorizedAccessException)
        {
            // The verb itself says what is wrong, if it minds.
            return null;
        }
    }

    /// <summary>A runtime as the options describe it.</summary>
    public CniRuntime CreateRuntime(string? cacheDirectory = null)
    {
        CniRuntimeOptions options = new()
        {
            PluginDirectories = CniOptions.PluginDirectoriesOf(_parseResult),
            CacheDirectory = cacheDirectory,
            Logger = new StandardErrorLogger(_invocation.Error),
            Environment = CniOptions.PluginEnvironmentOf(_parseResult),
        };
        TimeSpan? limit = _parseResult.GetValue(CniOptions.PluginTimeout);
        return new CniRuntime(limit is { Ticks: > 0 } given ? options with { PluginTimeout = given } : options);
    }

    /// <summary>Prints a result byte for byte; a terminal gets the end of the line that plugins leave out.</summary>
    public void Print(CniResult result)
    {
        _invocation.OutputBytes.Write(result.RawBytes.Span);
        if (_invocation.OutputIsTerminal && !result.RawBytes.Span.EndsWith("\n"u8))
            _invocation.Output.WriteLine();
    }

    public void Print(JsonObject document) => _invocation.Output.Write(ObjectText.Json(document));

    public void PrintLines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            _invocation.Output.WriteLine(line);
    }

    /// <summary>Tells who watches why there was so little to do.</summary>
    public void Note(string text)
    {
        if (_invocation.ErrorIsTerminal)
            _invocation.Error.WriteLine(text);
    }

    /// <summary>The version that errors are written in, as a plugin would: the network's.</summary>
    private CniVersion Version => _network is { CniVersion.IsKnown: true } ? _network.CniVersion : CniVersion.Latest;

    private NetworkConfigurationList Use(NetworkConfigurationList network) => _network = network;

    private string? HintFor(Exception e) =>
        e is CniException { Failure: CniFailure.PluginNotFound, Plugin: { } type } && _network is not null
            ? $"network {_network.Name} of {_network.SourcePath ?? "the cache"} needs it{PluginFiles.DidYouMean(type)}"
            : null;
}
