using System.Collections;
using System.Globalization;
using System.Text;
using Fairlead.Cni.Delegation;
using Fairlead.Cni.Json;

namespace Fairlead.Cni;

/// <summary>
/// The main program of a plugin: reads environment and standard input, calls the verb, prints the result or the error.
/// </summary>
/// <remarks>
/// A whole plugin:
/// <code>
/// return await CniPluginHost.RunAsync(new Nothing());
///
/// internal sealed class Nothing : CniPlugin
/// {
///     public override Task&lt;CniResult&gt; AddAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
///         Task.FromResult(invocation.PreviousResult ?? CniResult.Create(invocation.CniVersion, [], []));
///
///     public override Task DeleteAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
///         Task.CompletedTask;
/// }
/// </code>
/// </remarks>
public static class CniPluginHost
{
    private const int MaxInputBytes = 16 << 20;

    /// <summary>Runs the plugin on this process's environment and standard streams.</summary>
    /// <returns>The exit status: 0, or 1 after an error.</returns>
    public static async Task<int> RunAsync(CniPlugin plugin, CancellationToken cancellationToken = default)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            environment[(string)entry.Key] = (string?)entry.Value ?? "";
        Stream input = Console.OpenStandardInput();
        Stream output = Console.OpenStandardOutput();
        await using (input.ConfigureAwait(false))
        await using (output.ConfigureAwait(false))
            return await RunAsync(plugin, environment, input, output, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the plugin on a given environment and streams.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="environment">The variables.</param>
    /// <param name="input">Read to its end, 16 MiB at most.</param>
    /// <param name="output">The result or the error is written here.</param>
    /// <param name="cancellationToken">Handed to the plugin.</param>
    /// <returns>The exit status: 0, or 1 after an error.</returns>
    public static async Task<int> RunAsync(
        CniPlugin plugin,
        IReadOnlyDictionary<string, string> environment,
        Stream input,
        Stream output,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(plugin);
        ArgumentNullException.ThrowIfNull(environment);
        if (string.IsNullOrEmpty(environment.GetValueOrDefault("CNI_COMMAND")))
        {
            await Console
                .Error.WriteLineAsync($"{plugin.About}\nCNI versions: {string.Join(", ", plugin.SupportedVersions)}")
                .ConfigureAwait(false);
            return 0;
        }
        Answer answer = new(plugin);
        try
        {
            byte[] request = await ReadAsync(input, cancellationToken).ConfigureAwait(false);
            await answer.MakeAsync(environment, request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The border: whatever happened, the runtime reads it as JSON on stdout.
            answer.Fail(e);
        }
        await output.WriteAsync(answer.Bytes, CancellationToken.None).ConfigureAwait(false);
        return answer.HasFailed ? 1 : 0;
    }

    private static async Task<byte[]> ReadAsync(Stream input, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = new();
        byte[] buffer = new byte[16 << 10];
        int read;
        while ((read = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MaxInputBytes)
                throw new CniPluginException(CniErrorCode.InputOutput, "standard input is larger than 16 MiB");
        }
        return bytes.ToArray();
    }

    /// <summary>What goes to stdout.</summary>
    private sealed class Answer(CniPlugin plugin)
    {
        // Until the request's version is known, errors are printed in the newest of the plugin's.
        private CniVersion _version = plugin.SupportedVersions.Max();

        public ReadOnlyMemory<byte> Bytes { get; private set; }

        public bool HasFailed { get; private set; }

        public async Task MakeAsync(
            IReadOnlyDictionary<string, string> environment,
            byte[] request,
            CancellationToken cancellationToken
        )
        {
            CniVerb verb = PluginInput.ReadVerb(environment["CNI_COMMAND"]);
            PluginInput.CheckEnvironment(verb, environment);
            if (verb == CniVerb.Version)
            {
                Bytes = Versions(request);
                return;
            }
            PluginInvocation invocation = Read(verb, environment, request);
            await RunAsync(invocation, cancellationToken).ConfigureAwait(false);
        }

        public void Fail(Exception e)
        {
            (CniErrorCode code, string message, string? details) = e switch
            {
                CniPluginException p => (p.Code, p.Message, p.Details),
                CniException { Code: not CniErrorCode.None } d => (d.Code, d.CniMessage, d.Details),
                CniFormatException => (CniErrorCode.DecodingFailure, e.Message, null),
                OperationCanceledException => (CniErrorCode.Internal, "cancelled", null),
                _ => (CniErrorCode.Internal, e.Message, null),
            };
            string number = ((uint)code).ToString(CultureInfo.InvariantCulture);
            JsonMembers error = new JsonMembers()
                .Set("cniVersion", _version.ToString())
                .Set("code", Encoding.ASCII.GetBytes(number))
                .Set("msg", message);
            if (!string.IsNullOrEmpty(details))
                error.Set("details", details);
            HasFailed = true;
            Bytes = error.ToBytes();
        }

        private PluginInvocation Read(CniVerb verb, IReadOnlyDictionary<string, string> environment, byte[] request)
        {
            using JsonText text = JsonText.Parse(request, sourcePath: null);
            JsonView root = text.Root.RequireObject();
            CniVersion version = PluginInput.ReadVersion(root);
            if (!plugin.SupportedVersions.Contains(version))
            {
                throw new CniPluginException(
                    CniErrorCode.IncompatibleVersion,
                    "incompatible CNI versions",
                    $"config is \"{version}\", plugin supports {string.Join(", ", plugin.SupportedVersions)}"
                );
            }
            _version = version;
            CniVersion since = verb switch
            {
                CniVerb.Check => CniVersion.V0_4_0,
                CniVerb.GarbageCollect or CniVerb.Status => CniVersion.V1_1_0,
                _ => CniVersion.V0_1_0,
            };
            if (version < since)
            {
                string reason = $"config version \"{version}\" does not allow {environment["CNI_COMMAND"]}";
                throw new CniPluginException(CniErrorCode.IncompatibleVersion, reason);
            }
            return new(verb, environment, request, root);
        }

        private async Task RunAsync(PluginInvocation invocation, CancellationToken cancellationToken)
        {
            Task work = invocation.Verb switch
            {
                CniVerb.Delete => plugin.DeleteAsync(invocation, cancellationToken),
                CniVerb.Check => plugin.CheckAsync(invocation, cancellationToken),
                CniVerb.GarbageCollect => plugin.GarbageCollectAsync(invocation, cancellationToken),
                CniVerb.Status => plugin.StatusAsync(invocation, cancellationToken),
                _ => AddAsync(invocation, cancellationToken),
            };
            await work.ConfigureAwait(false);
        }

        private async Task AddAsync(PluginInvocation invocation, CancellationToken cancellationToken)
        {
            CniResult result = await plugin.AddAsync(invocation, cancellationToken).ConfigureAwait(false);
            Bytes = result.ConvertTo(invocation.CniVersion).RawBytes;
        }

        private byte[] Versions(byte[] request)
        {
            string asked = CniVersion.Latest.ToString();
            try
            {
                using JsonText text = JsonText.Parse(request, sourcePath: null);
                asked = text.Root.RequireObject().OptionalString("cniVersion") ?? asked;
            }
            catch (CniFormatException)
            {
                // Runtimes of 0.2.0 sent nothing.
            }
            IEnumerable<ReadOnlyMemory<byte>> versions = plugin.SupportedVersions.Select(static v =>
                (ReadOnlyMemory<byte>)JsonMembers.Quote(v.ToString())
            );
            return new JsonMembers()
                .Set("cniVersion", asked)
                .Set("supportedVersions", JsonMembers.Array(versions))
                .ToBytes();
        }
    }
}
