using Fairlead.Cni;
using Fairlead.Cni.RecordingPlugin;

// By its name, since nothing of the request has been read yet.
string name = Path.GetFileName(File.ReadAllText("/proc/self/cmdline").Split('\0')[0]);
if (name == "deaf")
{
    FailureModes.CloseStandardInput();
    Console.Out.Write("""{"cniVersion":"1.0.0"}""");
    return 0;
}
return await CniPluginHost.RunAsync(new Recorder());
