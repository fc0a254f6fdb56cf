namespace Fairlead.Standalone;

/// <summary>Something that the user has to know; the message is complete and names the object, the cause and the way out.</summary>
public sealed class EnvironmentException(string message, Exception? innerException = null)
    : Exception(message, innerException);
