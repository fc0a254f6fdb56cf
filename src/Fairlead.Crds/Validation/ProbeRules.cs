namespace Fairlead.Crds.Validation;

/// <summary>spec.readinessProbe.</summary>
internal static class ProbeRules
{
    public const string OneOfTwo = "wanted one of tcpSocket and guestPing";
    public const int MostSeconds = 3600;
    public const int MostTries = 100;

    public static void Check(ReadinessProbe probe, string path, Errors errors)
    {
        if (probe.TcpSocket is null == probe.GuestPing is null)
            errors.Add(path, OneOfTwo);
        if (probe.TcpSocket is { Port: null })
            errors.Add(path + ".tcpSocket.port", Wording.Required("port: 80"));
        errors.Range(path + ".tcpSocket.port", probe.TcpSocket?.Port, 1, 65_535);
        errors.Range(path + ".initialDelaySeconds", probe.InitialDelaySeconds, 0, MostSeconds);
        errors.Range(path + ".periodSeconds", probe.PeriodSeconds, 1, MostSeconds);
        errors.Range(path + ".timeoutSeconds", probe.TimeoutSeconds, 1, MostSeconds);
        errors.Range(path + ".successThreshold", probe.SuccessThreshold, 1, MostTries);
        errors.Range(path + ".failureThreshold", probe.FailureThreshold, 1, MostTries);
    }
}
