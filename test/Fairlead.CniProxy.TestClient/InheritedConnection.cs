using System.Diagnostics;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fairlead.CniProxy.TestClient;

/// <summary>
/// A connection that one process has opened and its child uses. The child copies between the connection and its standard
/// streams, at whose other end we are.
/// </summary>
internal static class InheritedConnection
{
    private const string Script = """
        use Socket;
        my $path = shift;
        socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un($path)) or die $!;
        if (fork) { sleep 1 while 1 }
        while (1) {
            my $ready = ''; vec($ready, fileno(STDIN), 1) = 1; vec($ready, fileno(S), 1) = 1;
            select($ready, undef, undef, undef);
            for (vec($ready, fileno(S), 1) ? [*S, *STDOUT] : (), vec($ready, fileno(STDIN), 1) ? [*STDIN, *S] : ()) {
                sysread($_->[0], my $bytes, 65536) or exit;
                syswrite($_->[1], $bytes);
            }
        }
        """;

    private static Process? s_opener;
    private static GrpcChannel? s_channel;

    public static string Open(string socket)
    {
        s_opener = Process.Start(
            new ProcessStartInfo("perl", ["-e", Script, socket])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        Stream? pipes = new PipePair(s_opener.StandardOutput.BaseStream, s_opener.StandardInput.BaseStream);
        SocketsHttpHandler handler = new()
        {
            // This one connection, and never another.
            ConnectCallback = (_, _) =>
                Interlocked.Exchange(ref pipes, null) is { } once
                    ? ValueTask.FromResult(once)
                    : throw new IOException("the inherited connection is closed"),
        };
        s_channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });
        return "{}";
    }

    /// <summary>How many attachments there are, or how the call was refused.</summary>
    public static async Task<string> ListAsync()
    {
        try
        {
            V1.CniProxy.CniProxyClient client = new(s_channel!);
            return $"{(await client.ListAttachmentsAsync(new ListAttachmentsRequest())).Attachments.Count}";
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode} {e.Trailers.GetValue(CniProxyReason.TrailerKey)} {e.Status.Detail}";
        }
    }

    /// <summary>Ends the process that has opened the connection; its child lives on, with the connection.</summary>
    public static async Task<string> EndOpenerAsync()
    {
        s_opener!.Kill();
        await s_opener.WaitForExitAsync();
        return "{}";
    }

    /// <summary>Two pipes as one stream.</summary>
    private sealed class PipePair(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            await output.WriteAsync(buffer, cancellationToken);
            await output.FlushAsync(cancellationToken);
        }

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override void Flush() => output.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
