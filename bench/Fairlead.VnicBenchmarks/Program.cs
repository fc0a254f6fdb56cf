using System.Globalization;
using Fairlead.Benchmarks;
using Fairlead.VnicBenchmarks;

// Run by bench/vnics.sh inside a node of namespaces, in which `fairlead up` has been run.
if (args is not [var output, var commit])
{
    Console.Error.WriteLine("usage: Fairlead.VnicBenchmarks OUTPUT COMMIT");
    return 2;
}

const int vnics = 100;
const int parallel = 8;
using FairleadEnvironment environment = new();
await environment.DefineDomainsAsync(parallel);
AttachDetach work = new(environment);
await work.RunAsync(2 * parallel, workers: 1); // compiles and connects; the network's bridge is made

string loadBefore = Machine.Load;
Footprint empty = Footprint.Read();
Timings sequentialAttach = await work.AttachAsync(vnics, workers: 1);
Footprint full = Footprint.Read();
IReadOnlyList<(string Step, double Milliseconds)> steps = AttachmentSteps.Medians();
PassCost pass = await PassCost.MeasureAsync(TimeSpan.FromSeconds(30));
Timings sequentialDetach = await work.DetachAsync(workers: 1);
(Timings parallelAttach, Timings parallelDetach) = await work.RunAsync(vnics, parallel);

string report = string.Create(
    CultureInfo.InvariantCulture,
    $"""
    # {vnics} vNICs in one libvirt pod

    `make bench` makes this file. Network: the bundled one (bridge and host-local, masquerading). The vNICs are those of
    `fairlead attach`, {vnics} over {parallel} defined domains that do not run: everything but the tap, which is QEMU's and
    comes and goes with it. Times are those of the call to the agent, from its caller's side.

    - machine: {Machine.Description}
    - kernel: {Machine.Kernel}
    - commit: {commit}
    - load average: {loadBefore} before, {Machine.Load} after

    | ms     | at once | median |    p95 |  slowest | all of them, s |
    | ------ | ------: | -----: | -----: | -------: | -------------: |
    {Row("attach", 1, sequentialAttach)}
    {Row("detach", 1, sequentialDetach)}
    {Row("attach", parallel, parallelAttach)}
    {Row("detach", parallel, parallelDetach)}

    One attach by step, as `fairlead describe vm` shows it (medians of {vnics}, one after the other):

    | step     |   ms |
    | -------- | ---: |
    {string.Join(
        '\n',
        steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"| {s.Step, -8} | {s.Milliseconds, 4:F1} |"))
    )}

    Where it goes: ADD is the plugins' own, two processes of CNI and what iptables takes for the masquerading; network is
    libvirt's, which starts dnsmasq and asks it for its version each time. Ours are read, strip, firewall and bridge. The
    firewall's table is made whole in one transaction, so its step grows with the vNICs that there are; set-ups that wait
    for it at the same time share one transaction. What is left of a call is records, synced to disk before each effect.

    One look of the agent at all {vnics} unchanged: {pass.MillisecondsOfAll:F0} ms, a domain after the other. It reads three
    links, the addresses, libvirt's network and the DHCP server's process of each, and writes nothing. The agent looks every
    5 s, and took {pass.CpuPercent:F1} % of one processor for it.

    Memory for each vNIC, as proportional set size: {Footprint.PerVnic(empty, full, vnics)}.

    """
);
Console.Write(report);
await File.WriteAllTextAsync(output, report);
return 0;

static string Row(string what, int workers, Timings timings) =>
    string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {workers, 7} | {timings.Percentile(0.5), 6:F1} | {timings.Percentile(0.95), 6:F1} | {timings.Percentile(1), 8:F1} | {timings.Whole.TotalSeconds, 14:F1} |"
    );
