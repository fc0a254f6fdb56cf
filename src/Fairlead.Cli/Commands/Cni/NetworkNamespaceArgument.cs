using System.Security.Cryptography;
using System.Text;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>The argument NETNS: a path, or a name as <c>ip netns</c> shows it.</summary>
internal static class NetworkNamespaceArgument
{
    public const string NamesDirectory = "/run/netns";

    /// <summary>The absolute path. What has no slash is a name, also when a file here is called like it.</summary>
    public static string PathOf(string argument) =>
        argument.Contains('/') ? Path.GetFullPath(argument) : Path.Combine(NamesDirectory, argument);

    /// <summary>The container ID that cnitool gives to a namespace: the first ten bytes of its path's SHA-512.</summary>
    public static string ContainerIdOf(string path)
    {
        byte[] hash = SHA512.HashData(Encoding.UTF8.GetBytes(path));
        return "cnitool-" + Convert.ToHexStringLower(hash.AsSpan(0, 10));
    }

    public static IEnumerable<string> Names()
    {
        try
        {
            return [.. Directory.EnumerateFiles(NamesDirectory).Select(file => Path.GetFileName(file)).Order()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Plugins say of a missing namespace each something else, some of them after they have begun.</summary>
    public static void RequireExistence(string path)
    {
        if (!File.Exists(path))
            throw new CniRequestException(
                CniErrorCode.InvalidNetworkNamespace,
                $"there is no network namespace {path}",
                $"NETNS is a path, or a name under {NamesDirectory} (see 'ip netns list')"
            );
    }
}
