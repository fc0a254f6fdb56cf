namespace Fairlead.Vmi.Packets;

/// <summary>Runs what blocks on a thread of its own, which ends with it.</summary>
internal static class OwnThread
{
    public static Task<T> RunAsync<T>(string name, Func<T> blocking)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                done.SetResult(blocking());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return done.Task;
    }
}
