using Fairlead.Benchmarks;
using Fairlead.Benchmarks.Proxy;

// Run by bench/run.sh inside a node of namespaces; as "client" by itself, in a pod's network namespace.
if (args is ["client", var socket])
    return await ClientLoop.RunAsync(socket);
if (args is not [var part, var directory, var program, var output, var commit, var plugins])
{
    Console.Error.WriteLine("usage: Fairlead.Benchmarks cni|proxy DIRECTORY FAIRLEAD OUTPUT COMMIT PLUGINS-VERSION");
    return 2;
}
Setting setting = new(directory, program, commit, plugins);
string report = part == "proxy" ? await ProxyPart.RunAsync(setting) : await CniPart.RunAsync(setting);
Console.Write(report);
await File.WriteAllTextAsync(output, report);
return 0;
