using Fairlead.Cni;
using Fairlead.CniProxy.Policies;
using Fairlead.CniProxy.V1;
using Fairlead.CniProxy.Verbs;
using Fairlead.Hosting;

namespace Fairlead.CniProxy;

/// <summary>The networks of the CNI configuration directory, read anew for each request: it may change at any time.</summary>
internal sealed class CniNetworks(CniProxyOptions options, CniRuntime runtime)
{
    private readonly NetworkConfigurationDirectory _directory = new(options.ConfigDirectory);

    /// <summary>The network of that name, or the default one for the empty name.</summary>
    /// <param name="name">Of the network; may be empty.</param>
    /// <param name="rule">What is open to the caller; null for the administrator, to whom all is.</param>
    /// <exception cref="Grpc.Core.RpcException">There is none; the message lists what there is and what was passed over.</exception>
    public NetworkConfigurationList Require(string name, PolicyRule? rule)
    {
        ConfigurationScan scan = _directory.Load();
        bool IsOpen(NetworkConfigurationList network) =>
            rule?.Opens(network.Name, ReferenceEquals(network, scan.Default)) ?? true;
        NetworkConfigurationList? found =
            name.Length == 0 ? scan.Default : scan.Networks.FirstOrDefault(n => n.Name == name);
        if (found is not null && IsOpen(found))
            return found;
        string[] open = [.. scan.Networks.Where(IsOpen).Select(n => n.Name)];
        string known = open.Length == 0 ? "none" : string.Join(", ", open);
        if (found is not null)
            throw ProxyError.NetworkForbidden(
                $"the policy does not open network {found.Name} to this pod (open: {known})"
            );
        string skipped = string.Concat(scan.Skipped.Select(s => $"; passed over {s.Path}: {s.Reason}"));
        throw ProxyError.NetworkNotFound(
            $"no {(name.Length == 0 ? "default network" : $"network \"{name}\"")} in {scan.Directory} (networks: {known}{skipped})"
        );
    }

    /// <summary>Refuses what no plugin of the network would look at. A MAC need not be a capability: it goes as CNI_ARGS too.</summary>
    /// <exception cref="Grpc.Core.RpcException">An option needs a capability that the network lacks.</exception>
    public static void RequireCapabilities(NetworkConfigurationList network, EndpointOptions options)
    {
        foreach (string name in options.Names.Except(["mac"], StringComparer.Ordinal))
        {
            if (!network.Plugins.Any(p => p.Capabilities.Contains(name)))
                throw ProxyError.OptionUnsupported(
                    $"network {network.Name} has no plugin with the capability \"{name}\" ({network.SourcePath}); leave {name} out or add it there"
                );
        }
    }

    /// <summary>The networks that are open to a caller, without asking their plugins.</summary>
    public IEnumerable<Network> List(PolicyRule? rule)
    {
        ConfigurationScan scan = _directory.Load();
        return scan.Networks.Select(network => MessageOf(network, scan, rule)).Where(m => IsOpen(m, rule));
    }

    /// <summary>The networks that are open to a caller, or the one of that name, each with its readiness.</summary>
    public async Task<StatusResponse> StatusAsync(string name, PolicyRule? rule, CancellationToken cancellationToken)
    {
        ConfigurationScan scan = _directory.Load();
        StatusResponse response = new();
        string? only = name.Length == 0 ? null : Require(name, rule).Name;
        foreach (NetworkConfigurationList network in scan.Networks.Where(n => only is null || n.Name == only))
        {
            Network message = MessageOf(network, scan, rule);
            if (!IsOpen(message, rule))
                continue;
            string reason = await NotReadyReasonAsync(network, cancellationToken);
            response.Networks.Add(
                new NetworkStatus
                {
                    Network = message,
                    Ready = reason.Length == 0,
                    Reason = reason,
                }
            );
        }

        foreach (SkippedConfiguration skipped in scan.Skipped)
            response.Skipped.Add(new SkippedFile { Path = skipped.Path, Reason = skipped.Reason });
        return response;
    }

    private static bool IsOpen(Network network, PolicyRule? rule) => rule?.Opens(network.Name, network.Default) ?? true;

    private static Network MessageOf(NetworkConfigurationList network, ConfigurationScan scan, PolicyRule? rule)
    {
        Network message = new()
        {
            Name = network.Name,
            Default = ReferenceEquals(network, scan.Default),
            CniVersion = network.CniVersion.ToString(),
        };
        message.Plugins.Add(network.Plugins.Select(p => p.Type));
        HashSet<string> capabilities = [.. network.Plugins.SelectMany(p => p.Capabilities), "mac"];
        IReadOnlyList<string> allowed = rule?.Options ?? EndpointOptions.Known;
        message.Options.Add(EndpointOptions.Known.Where(o => capabilities.Contains(o) && allowed.Contains(o)));
        return message;
    }

    /// <summary>Nothing can be attached to a default network that is not there.</summary>
    public HealthProbe Readiness() =>
        new(
            "default-network",
            async cancellationToken =>
            {
                ConfigurationScan scan = _directory.Load();
                if (scan.Default is not { } network)
                    return $"no network in {scan.Directory}";
                string reason = await NotReadyReasonAsync(network, cancellationToken);
                return reason.Length == 0 ? null : $"{network.Name}: {reason}";
            }
        );

    private async Task<string> NotReadyReasonAsync(
        NetworkConfigurationList network,
        CancellationToken cancellationToken
    )
    {
        string? missing = network
            .Plugins.Select(p => p.Type)
            .FirstOrDefault(type => !options.PluginDirectories.Any(d => File.Exists(Path.Combine(d, type))));
        if (missing is not null)
            return $"plugin {missing} is not in {string.Join(" or ", options.PluginDirectories)}";
        try
        {
            await runtime.StatusAsync(network, cancellationToken);
            return "";
        }
        catch (CniException e)
        {
            return e.Message;
        }
    }
}
