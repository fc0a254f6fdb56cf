using System.Runtime.InteropServices;

namespace Fairlead.Vmi.Interop;

/// <summary>libnftables (libnftables(3)): runs commands of nft's language in the network namespace of the calling thread.</summary>
internal static partial class LibNftables
{
    private const string Library = "libnftables.so.1";

    /// <summary>Runs the commands as one transaction: all of them, or none.</summary>
    /// <exception cref="NftablesException">The commands were refused.</exception>
    public static void Run(string commands) => Query(commands);

    /// <summary>The same, with what the commands print.</summary>
    /// <exception cref="NftablesException">The commands were refused.</exception>
    public static string Query(string commands)
    {
        nint context;
        try
        {
            context = New(0);
        }
        catch (DllNotFoundException e)
        {
            throw new NftablesException($"{Library} not found (Debian package libnftables1)", e);
        }

        if (context == 0)
            throw new NftablesException("libnftables gave no context");
        try
        {
            // To stdout otherwise.
            _ = BufferOutput(context);
            _ = BufferError(context);
            if (RunCommands(context, commands) != 0)
                throw new NftablesException(
                    Marshal.PtrToStringUTF8(GetErrorBuffer(context))?.Trim() ?? "nftables refused"
                );
            return Marshal.PtrToStringUTF8(GetOutputBuffer(context)) ?? "";
        }
        finally
        {
            Free(context);
        }
    }

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    private static partial nint New(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    private static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferError(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint GetErrorBuffer(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_output_buffer")]
    private static partial nint GetOutputBuffer(nint context);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RunCommands(nint context, string commands);
}
