using Fairlead.CniProxy.Journal;

namespace Fairlead.CniProxy.Cluster;

/// <summary>Whoever shows a machine's interfaces to the cluster; nobody, where there is none.</summary>
internal interface ILauncherStatus
{
    /// <summary>The attachment has been made, or is gone.</summary>
    void Changed(JournalRecord record);
}

/// <summary>No cluster.</summary>
internal sealed class NoLauncherStatus : ILauncherStatus
{
    public void Changed(JournalRecord record) { }
}
