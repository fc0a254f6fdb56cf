using System.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>The argument NETWORK; the shell's completion reads the names from the configuration directory.</summary>
internal static class NetworkArgument
{
    public static Argument<string> One() =>
        WithNames(new Argument<string>("NETWORK") { Description = "Name of the network", HelpName = "NETWORK" });

    public static Argument<string?> Optional(string description) =>
        WithNames(
            new Argument<string?>("NETWORK")
            {
                Description = description,
                HelpName = "NETWORK",
                Arity = ArgumentArity.ZeroOrOne,
            }
        );

    public static Argument<string[]> Several(string description) =>
        WithNames(
            new Argument<string[]>("NETWORK")
            {
                Description = description,
                HelpName = "NETWORK",
                Arity = ArgumentArity.ZeroOrMore,
            }
        );

    private static Argument<T> WithNames<T>(Argument<T> argument)
    {
        argument.CompletionSources.Add(context =>
            new NetworkConfigurationDirectory(CniOptions.ConfigurationDirectoryOf(context.ParseResult))
                .Load()
                .Networks.Select(network => network.Name)
        );
        return argument;
    }
}
