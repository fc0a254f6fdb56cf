using System.Runtime.CompilerServices;
using System.Text;
using Fairlead.Netlink.Interop;

namespace Fairlead.Netlink;

internal static class InterfaceName
{
    /// <summary>The kernel's own rule (dev_valid_name in net/core/dev.c), checked here for a better message.</summary>
    public static void Require(string name, [CallerArgumentExpression(nameof(name))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        bool isValid =
            Encoding.UTF8.GetByteCount(name) < Rtnetlink.IFNAMSIZ
            && name is not ("." or "..")
            && !name.Any(static c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c));
        if (!isValid)
            throw new ArgumentException(
                $"'{name}' is no interface name: 1 to 15 bytes without /, : or space.",
                parameter
            );
    }
}
