using System.Text.Json;
using Fairlead.Cni.Delegation;
using Fairlead.Cni.Execution;
using Fairlead.Cni.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Cni;

/// <summary>What a plugin was called with (CNI spec section 2), and the means to call others (section 4).</summary>
public sealed class PluginInvocation
{
    private readonly IReadOnlyDictionary<string, string> _environment;

    internal PluginInvocation(
        CniVerb verb,
        IReadOnlyDictionary<string, string> environment,
        ReadOnlyMemory<byte> input,
        JsonView root
    )
    {
        _environment = environment;
        Verb = verb;
        ContainerId = environment.GetValueOrDefault("CNI_CONTAINERID", "");
        NetnsPath = environment.GetValueOrDefault("CNI_NETNS", "") is { Length: > 0 } path ? path : null;
        InterfaceName = environment.GetValueOrDefault("CNI_IFNAME", "");
        Args = PluginInput.ParseArgs(environment.GetValueOrDefault("CNI_ARGS", ""));
        PluginDirectories =
        [
            .. environment.GetValueOrDefault("CNI_PATH", "").Split(':', StringSplitOptions.RemoveEmptyEntries),
        ];
        Input = input;
        Configuration = root.Element.Clone();
        NetworkName = PluginInput.ReadName(root);
        CniVersion = PluginInput.ReadVersion(root);
        PreviousResult = PluginInput.ReadPreviousResult(root, CniVersion);
        ValidAttachments = PluginInput.ReadValidAttachments(root);
    }

    /// <summary>The verb.</summary>
    public CniVerb Verb { get; }

    /// <summary>CNI_CONTAINERID; empty for GC and STATUS.</summary>
    public string ContainerId { get; }

    /// <summary>CNI_NETNS; null when the namespace has gone, and for GC and STATUS.</summary>
    public string? NetnsPath { get; }

    /// <summary>CNI_IFNAME; empty for GC and STATUS.</summary>
    public string InterfaceName { get; }

    /// <summary>CNI_ARGS in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Args { get; }

    /// <summary>The directories of CNI_PATH, in which delegates are looked for.</summary>
    public IReadOnlyList<string> PluginDirectories { get; }

    /// <summary>Standard input, byte for byte.</summary>
    public ReadOnlyMemory<byte> Input { get; }

    /// <summary>The configuration on standard input.</summary>
    public JsonElement Configuration { get; }

    /// <summary>The network's name.</summary>
    public string NetworkName { get; }

    /// <summary>The version of the request; the answer is printed in it.</summary>
    public CniVersion CniVersion { get; }

    /// <summary>
    /// The result of the plugin before this one (ADD), or of the whole ADD (DEL, CHECK); null if there is none. A plugin
    /// that changes nothing about it returns it.
    /// </summary>
    public CniResult? PreviousResult { get; }

    /// <summary>GC: the attachments that stay; null if the request names no list.</summary>
    public IReadOnlyList<CniAttachmentId>? ValidAttachments { get; }

    /// <summary>Calls another plugin with this one's verb, environment and input.</summary>
    /// <param name="pluginType">The name of its executable, as a rule <c>ipam.type</c>.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>Its result, if the verb is ADD; else null.</returns>
    /// <exception cref="CniException">It failed; left uncaught, the host prints the delegate's own error.</exception>
    public Task<CniResult?> DelegateAsync(string pluginType, CancellationToken cancellationToken = default) =>
        DelegateAsync(pluginType, Verb, Input, cancellationToken);

    /// <summary>Calls another plugin with this one's environment, save CNI_COMMAND.</summary>
    /// <param name="pluginType">The name of its executable.</param>
    /// <param name="verb">The verb, such as DEL to undo a delegate's ADD.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>Its result, if the verb is ADD; else null.</returns>
    /// <remarks>It runs in this plugin's process group and within the time limit that the runtime set for this plugin.</remarks>
    /// <exception cref="CniException">It failed.</exception>
    public async Task<CniResult?> DelegateAsync(
        string pluginType,
        CniVerb verb,
        ReadOnlyMemory<byte> input,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(pluginType);
        CniSubject subject = new(NetworkName, pluginType, Attachment: null);
        PluginCall call = new()
        {
            Verb = verb,
            Type = pluginType,
            Environment = PluginInput.DelegateEnvironment(_environment, verb),
            Input = input.ToArray(),
            TimeLimit = TimeSpan.MaxValue,
            Subject = subject,
            Group = ChildGroup.Inherited,
        };
        PluginInvoker invoker = new(new PluginDirectories(PluginDirectories), NullLogger.Instance);
        ReadOnlyMemory<byte> output = await invoker.InvokeAsync(call, cancellationToken).ConfigureAwait(false);
        try
        {
            return verb == CniVerb.Add ? CniResult.Parse(output, CniVersion, sourcePath: null) : null;
        }
        catch (CniFormatException e)
        {
            string message = $"the result is malformed: {e.Message}";
            throw new CniException(verb, CniFailure.InvalidOutput, CniErrorCode.None, message, null, subject, e);
        }
    }
}
