using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Fairlead.Agent.Kubernetes;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Crds;
using Fairlead.Kubernetes;

namespace Fairlead.Cli.ClusterAccess;

/// <summary>
/// What only the node knows (console, doctor, trace): the same command is run beside the agent of the VM's node, and kubectl
/// carries it there, with the user's own rights.
/// </summary>
internal static class NodeExec
{
    /// <returns>The exit status of the command there.</returns>
    public static async Task<int> RunAsync(
        ParseResult parseResult,
        VirtualMachineKey key,
        CancellationToken cancellationToken
    )
    {
        using KubernetesClient client = ClusterTarget.Connect(parseResult);
        NodePod pod = await FindPodAsync(client, key, cancellationToken);
        CliInvocation invocation = CliInvocation.Of(parseResult);
        ProcessStartInfo start = new("kubectl");
        foreach (string word in Arguments(parseResult, invocation, pod, key.Namespace))
            start.ArgumentList.Add(word);
        try
        {
            using Process process = Process.Start(start)!;
            // Ctrl-C goes to the whole foreground group: kubectl ends by itself.
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new CliException(
                $"cannot run kubectl, which carries this command to node of {key}: {e.Message}; install it"
            );
        }
    }

    private static async Task<NodePod> FindPodAsync(
        KubernetesClient client,
        VirtualMachineKey key,
        CancellationToken cancellationToken
    )
    {
        try
        {
            VirtualMachine vm =
                await client.FindAsync(
                    VirtualMachineResource.Type,
                    VirtualMachineResource.KeyOf(key),
                    cancellationToken
                ) ?? throw new CliException(GetQuery.NotFound(key.Name, key.Namespace));
            string node =
                vm.Status?.Node
                ?? throw new CliException(
                    $"{key} is on no node (phase {vm.Status?.Phase ?? VirtualMachinePhase.Pending}); see fairlead describe vm"
                );
            Selection selection = new()
            {
                LabelSelector = NodePod.Selector,
                FieldSelector = $"spec.nodeName={node},status.phase=Running",
            };
            ResourceList<NodePod> pods = await client.ListAsync(NodePod.Resource, selection, cancellationToken);
            return pods.Items.FirstOrDefault()
                ?? throw new CliException(
                    $"node {node} of {key} has no running libvirt pod (kubectl get pods -A -l {NodePod.Selector})"
                );
        }
        catch (KubernetesException e)
        {
            throw new CliException(e.Message);
        }
    }

    private static IEnumerable<string> Arguments(
        ParseResult parseResult,
        CliInvocation invocation,
        NodePod pod,
        string @namespace
    )
    {
        if (parseResult.GetValue(ClusterTarget.Kubeconfig) is { } kubeconfig)
            yield return $"--kubeconfig={kubeconfig}";
        if (parseResult.GetValue(ClusterTarget.Context) is { } context)
            yield return $"--context={context}";
        foreach (string word in (string[])["exec", $"--namespace={pod.Metadata.Namespace}", "--stdin"])
            yield return word;
        if (invocation.InputIsTerminal && invocation.OutputIsTerminal)
            yield return "--tty";
        foreach (
            string word in (string[])[pod.Metadata.Name, $"--container={NodePod.AgentContainer}", "--", "fairlead"]
        )
            yield return word;
        foreach (string word in Own(parseResult))
            yield return word;
        yield return $"--namespace={@namespace}"; // it may be the context's
    }

    /// <summary>The command line without what says where to ask, and in which namespace.</summary>
    private static IEnumerable<string> Own(ParseResult parseResult)
    {
        string[] left = ["--kubeconfig", "--context", "--namespace", "-n"];
        bool isValue = false;
        foreach (string token in parseResult.Tokens.Select(token => token.Value))
        {
            bool leaveOut = isValue;
            isValue = !isValue && left.Contains(token, StringComparer.Ordinal);
            if (!leaveOut && !isValue)
                yield return token;
        }
    }
}
