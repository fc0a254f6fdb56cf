using Fairlead.Cni.Execution;
using Fairlead.Cni.Json;

namespace Fairlead.Cni;

/// <summary>What a plugin answered to VERSION.</summary>
/// <param name="CniVersion">The version that the answer is written in.</param>
/// <param name="SupportedVersions">The versions that the plugin speaks, as it lists them.</param>
public sealed record PluginVersions(CniVersion CniVersion, IReadOnlyList<CniVersion> SupportedVersions);

public sealed partial class CniRuntime
{
    // Plugins built on old skeletons check these even for VERSION, which has no use for them.
    private static readonly CniAttachment s_dummy = new()
    {
        ContainerId = "dummy",
        InterfaceName = "dummy",
        NetnsPath = "dummy",
    };

    /// <summary>Asks a plugin which versions of the specification it speaks.</summary>
    /// <param name="pluginType">The name of its executable.</param>
    /// <param name="cancellationToken">Kills the plugin.</param>
    /// <remarks>
    /// A plugin that does not know VERSION speaks 0.1.0. One that answers in 0.2.0 without a list speaks 0.1.0 and 0.2.0.
    /// </remarks>
    /// <exception cref="CniException">The plugin is missing, fails, or answers what is no version.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PluginVersions> VersionAsync(string pluginType, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pluginType);
        CniSubject subject = new(Network: null, pluginType, Attachment: null);
        byte[] input = new JsonMembers().Set("cniVersion", CniVersion.Latest.ToString()).ToBytes();
        ReadOnlyMemory<byte> output;
        try
        {
            output = await InvokeAsync(CniVerb.Version, pluginType, s_dummy, input, subject, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (CniException e)
            when (e is { Failure: CniFailure.PluginError, CniMessage: "unknown CNI_COMMAND: VERSION" })
        {
            // The one place where only the text tells: version 0.1.0 had no codes for it, nor VERSION.
            return new(CniVersion.V0_1_0, [CniVersion.V0_1_0]);
        }
        try
        {
            return ReadVersions(output);
        }
        catch (CniFormatException e)
        {
            throw Rethrow(CniVerb.Version, CniFailure.InvalidOutput, subject, e);
        }
    }

    /// <summary>
    /// Asks every plugin of a network, address management included, whether it is there and speaks the network's version.
    /// </summary>
    /// <returns>The capabilities that the plugins declare, without repetition.</returns>
    /// <exception cref="CniException">One is missing, fails, or does not speak the version (code 1).</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<string>> ValidateAsync(
        NetworkConfigurationList network,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        RequestChecks.CheckNetwork(CniVerb.Version, network.Name);
        foreach (string type in network.Plugins.SelectMany(TypesOf).Distinct(StringComparer.Ordinal))
        {
            PluginVersions versions = await VersionAsync(type, cancellationToken).ConfigureAwait(false);
            if (versions.SupportedVersions.Contains(network.CniVersion))
                continue;
            throw new CniException(
                CniVerb.Version,
                CniFailure.PluginError,
                CniErrorCode.IncompatibleVersion,
                $"does not speak version {network.CniVersion}, only {string.Join(", ", versions.SupportedVersions)}",
                details: null,
                new(network.Name, type, Attachment: null)
            );
        }
        return [.. network.Plugins.SelectMany(static p => p.Capabilities).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> TypesOf(PluginConfiguration plugin) =>
        plugin.IpamType is { } ipam ? [plugin.Type, ipam] : [plugin.Type];

    private static PluginVersions ReadVersions(ReadOnlyMemory<byte> output)
    {
        using JsonText text = JsonText.Parse(output, sourcePath: null);
        JsonView root = text.Root.RequireObject();
        if (root.OptionalString("cniVersion") is not { Length: > 0 } written)
            throw root.Error("the answer to VERSION has no 'cniVersion'");
        CniVersion version = CniVersion.Parse(written);
        List<CniVersion> supported = root.OptionalStrings("supportedVersions").ConvertAll(CniVersion.Parse);
        if (supported.Count > 0)
            return new(version, supported);
        return version == CniVersion.V0_2_0
            ? new PluginVersions(version, [CniVersion.V0_1_0, CniVersion.V0_2_0])
            : throw root.Error("the answer to VERSION has no 'supportedVersions'");
    }
}
