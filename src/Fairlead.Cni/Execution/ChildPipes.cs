using System.Runtime.InteropServices;
using Fairlead.Cni.Interop;

namespace Fairlead.Cni.Execution;

/// <summary>The three pipes of a child. -1 stands for closed.</summary>
internal unsafe struct ChildPipes
{
    /// <summary>Our end of the child's stdin; does not block.</summary>
    public int Input;

    /// <summary>Our end of its stdout; does not block.</summary>
    public int Output;

    /// <summary>Our end of its stderr; does not block.</summary>
    public int Error;

    public int ChildInput;
    public int ChildOutput;
    public int ChildError;

    public static ChildPipes None =>
        new()
        {
            Input = -1,
            Output = -1,
            Error = -1,
            ChildInput = -1,
            ChildOutput = -1,
            ChildError = -1,
        };

    public readonly bool OutputsClosed => Output < 0 && Error < 0;

    public static ChildPipes Open()
    {
        ChildPipes pipes = None;
        try
        {
            (pipes.ChildInput, pipes.Input) = Pipe();
            (pipes.Output, pipes.ChildOutput) = Pipe();
            (pipes.Error, pipes.ChildError) = Pipe();
            // O_NONBLOCK belongs to one end of a pipe; the child's end stays a blocking one.
            _ = LibC.Fcntl(pipes.Input, LibC.F_SETFL, LibC.O_NONBLOCK);
            _ = LibC.Fcntl(pipes.Output, LibC.F_SETFL, LibC.O_NONBLOCK);
            _ = LibC.Fcntl(pipes.Error, LibC.F_SETFL, LibC.O_NONBLOCK);
            return pipes;
        }
        catch
        {
            pipes.Dispose();
            throw;
        }
    }

    public static void Close(ref int fd)
    {
        if (fd >= 0)
            _ = LibC.Close(fd);
        fd = -1;
    }

    public void CloseChildEnds()
    {
        Close(ref ChildInput);
        Close(ref ChildOutput);
        Close(ref ChildError);
    }

    public void Dispose()
    {
        CloseChildEnds();
        Close(ref Input);
        Close(ref Output);
        Close(ref Error);
    }

    private static (int Read, int Write) Pipe()
    {
        int* ends = stackalloc int[2];
        if (LibC.Pipe2(ends, LibC.O_CLOEXEC) != 0)
            throw Failure("pipe2");
        return (AboveStandard(ends[0]), AboveStandard(ends[1]));
    }

    // A daemon may run with 0, 1 or 2 closed; a pipe there would be overwritten by the child's own dup2.
    private static int AboveStandard(int fd)
    {
        if (fd > 2)
            return fd;
        int moved = LibC.Fcntl(fd, LibC.F_DUPFD_CLOEXEC, 3);
        ChildStartException? failure = moved < 0 ? Failure("fcntl") : null;
        _ = LibC.Close(fd);
        return failure is null ? moved : throw failure;
    }

    private static ChildStartException Failure(string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new(errno, $"{call}: {Marshal.GetPInvokeErrorMessage(errno)}");
    }
}
