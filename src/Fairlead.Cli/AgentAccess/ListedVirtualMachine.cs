using System.Text.Json;
using Fairlead.Crds;

namespace Fairlead.Cli.AgentAccess;

/// <summary>A virtual machine as the agent sent it: understood, and word for word.</summary>
internal sealed record ListedVirtualMachine(VirtualMachine Object, string Json)
{
    public static ListedVirtualMachine Read(string json)
    {
        try
        {
            return new ListedVirtualMachine(JsonSerializer.Deserialize(json, CrdsJson.VirtualMachine)!, json);
        }
        catch (JsonException e)
        {
            throw new CommandLine.CliException(
                $"the agent sent an object that this program cannot read ({e.Message}); compare fairlead version"
            );
        }
    }
}
