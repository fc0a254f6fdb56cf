using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>NETWORK, NETNS and the options that describe one attachment.</summary>
internal sealed class AttachmentArguments
{
    private readonly Argument<string> _network = NetworkArgument.One();
    private readonly Argument<string?> _namespace;

    /// <param name="namespaceIsOptional">DEL needs none once the namespace has gone.</param>
    public AttachmentArguments(bool namespaceIsOptional)
    {
        string description =
            $"Network namespace: a path, or a name under {NetworkNamespaceArgument.NamesDirectory}"
            + (namespaceIsOptional ? "; may be left out with --container-id" : "");
        _namespace = new("NETNS")
        {
            Description = description,
            HelpName = "NETNS",
            Arity = namespaceIsOptional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
        _namespace.CompletionSources.Add(_ => NetworkNamespaceArgument.Names());
    }

    public void AddTo(Command command)
    {
        command.Arguments.Add(_network);
        command.Arguments.Add(_namespace);
        command.Options.Add(CniOptions.InterfaceName);
        command.Options.Add(CniOptions.Args);
        command.Options.Add(CniOptions.CapabilityArgs);
        command.Options.Add(CniOptions.ContainerId);
        command.Options.Add(CniOptions.CacheDirectory);
        command.Options.Add(CniOptions.PluginTimeout);
        command.Options.Add(CniOptions.PluginEnvironment);
    }

    public string NetworkOf(ParseResult parseResult) => parseResult.GetRequiredValue(_network);

    /// <exception cref="CniRequestException">An argument or a variable is not of its form.</exception>
    public CniAttachment Read(ParseResult parseResult)
    {
        string? path = parseResult.GetValue(_namespace) is { Length: > 0 } argument
            ? NetworkNamespaceArgument.PathOf(argument)
            : null;
        string? containerId = parseResult.GetValue(CniOptions.ContainerId);
        if (path is null && containerId is null)
            throw CliException.Usage("say which attachment is meant: give NETNS, or --container-id");
        return new CniAttachment
        {
            ContainerId = containerId ?? NetworkNamespaceArgument.ContainerIdOf(path!),
            InterfaceName = CniOptions.InterfaceNameOf(parseResult),
            NetnsPath = path,
            CniArgs = CniArguments.Pairs(CniOptions.Setting(parseResult, CniOptions.Args, "CNI_ARGS")),
            CapabilityArgs = CniArguments.Capabilities(
                CniOptions.Setting(parseResult, CniOptions.CapabilityArgs, "CAP_ARGS")
            ),
        };
    }

    /// <summary>
    /// The same attachment with what its ADD was given, where the command line is silent: a plugin finds what it did by the
    /// arguments that it did it for.
    /// </summary>
    public static CniAttachment Complete(CniAttachment attachment, CachedAttachment? cached) =>
        cached is null
            ? attachment
            : attachment with
            {
                CniArgs = attachment.CniArgs is [] ? cached.Attachment.CniArgs : attachment.CniArgs,
                CapabilityArgs =
                    attachment.CapabilityArgs.Count == 0 ? cached.Attachment.CapabilityArgs : attachment.CapabilityArgs,
            };
}
