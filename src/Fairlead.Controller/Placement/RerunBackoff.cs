using Fairlead.Controller.Objects;

namespace Fairlead.Controller.Placement;

/// <summary>
/// Keeps a guest that ends again and again from being placed without a pause: at once the first time, then after 10 s, doubled
/// up to five minutes. What has run for ten minutes, or has been changed since, begins anew. The next leader begins anew too.
/// </summary>
internal sealed class RerunBackoff(TimeProvider time)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_lasting = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);

    public void Placed(VirtualMachineView vm) => _runs[vm.Metadata.Uid!] = Of(vm) with { PlacedAt = time.GetUtcNow() };

    /// <summary>Its placement is over; only the guest's own end counts.</summary>
    public void TakenBack(VirtualMachineView vm)
    {
        if (!vm.HasEnded)
            return;
        Run run = Of(vm);
        DateTimeOffset now = time.GetUtcNow();
        int ends = now - run.PlacedAt >= s_lasting ? 1 : run.Ends + 1;
        _runs[vm.Metadata.Uid!] = run with { Ends = ends, NotBefore = now + DelayAfter(ends) };
    }

    /// <summary>How long to wait still before it is placed; zero for now.</summary>
    public TimeSpan Remaining(VirtualMachineView vm)
    {
        TimeSpan left = Of(vm).NotBefore - time.GetUtcNow();
        return left < TimeSpan.Zero || vm.HasChangedSinceItRan ? TimeSpan.Zero : left;
    }

    public void Forget(VirtualMachineView vm) => _runs.Remove(vm.Metadata.Uid!);

    private static TimeSpan DelayAfter(int ends) =>
        ends <= 1 ? TimeSpan.Zero
        : ends > 6 ? s_most
        : s_first * (1 << (ends - 2));

    private Run Of(VirtualMachineView vm) => _runs.GetValueOrDefault(vm.Metadata.Uid!, Run.None);

    private sealed record Run(int Ends, DateTimeOffset PlacedAt, DateTimeOffset NotBefore)
    {
        public static readonly Run None = new(0, DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
    }
}
