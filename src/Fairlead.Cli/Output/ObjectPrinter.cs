using System.Text.Json.Nodes;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Output;

/// <summary>Prints what <c>get</c> found in the format that was asked for.</summary>
internal sealed class ObjectPrinter
{
    private readonly CliInvocation _invocation;
    private readonly OutputFormat _format;
    private readonly VirtualMachineColumns _columns;
    private readonly TableWriter _table;
    private bool _documentIsOut;

    public ObjectPrinter(CliInvocation invocation, OutputFormat format, bool withNamespace, bool withoutHeader)
    {
        _invocation = invocation;
        _format = format;
        _columns = new VirtualMachineColumns(invocation, format == OutputFormat.Wide, withNamespace);
        _table = _columns.Table(withoutHeader);
    }

    /// <summary>An empty table needs a word; an empty list in JSON or YAML says it itself.</summary>
    public bool SaysWhenEmpty => _format is not (OutputFormat.Json or OutputFormat.Yaml);

    /// <param name="single">One object was asked for by its name: it is printed by itself, not as a list of one.</param>
    public void PrintList(IReadOnlyList<ListedVirtualMachine> vms, bool single)
    {
        if (_format is OutputFormat.Json or OutputFormat.Yaml)
        {
            if (!single)
                PrintDocument(ObjectText.List(vms.Select(vm => vm.Json)));
            else if (vms is [ListedVirtualMachine only])
                PrintDocument(JsonNode.Parse(only.Json)!);
        }
        else if (_format == OutputFormat.Name)
        {
            PrintNames(vms);
        }
        else if (vms.Count > 0)
        {
            _table.Write([.. vms.Select(vm => _columns.Row(vm.Object))]);
        }
    }

    public void PrintChanges(IReadOnlyList<VirtualMachineChange> changes)
    {
        if (_format is OutputFormat.Json or OutputFormat.Yaml)
        {
            foreach (VirtualMachineChange change in changes)
                PrintDocument(JsonNode.Parse(change.Vm.Json)!);
        }
        else if (_format == OutputFormat.Name)
        {
            PrintNames(changes.Select(change => change.Vm));
        }
        else
        {
            _table.Write([
                .. changes.Select(change => _columns.Row(change.Vm.Object, change.IsDeletion ? "Deleted" : null)),
            ]);
        }
    }

    private void PrintNames(IEnumerable<ListedVirtualMachine> vms)
    {
        foreach (ListedVirtualMachine vm in vms)
            _invocation.Output.WriteLine($"{ResourceArguments.QualifiedKind}/{vm.Object.Metadata.Name}");
    }

    private void PrintDocument(JsonNode document)
    {
        if (_format == OutputFormat.Json)
        {
            _invocation.Output.Write(ObjectText.Json(document));
            return;
        }
        if (_documentIsOut)
            _invocation.Output.WriteLine("---");
        _invocation.Output.Write(ObjectText.Yaml(document));
        _documentIsOut = true;
    }
}
