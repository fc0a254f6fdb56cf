using System.Text.Json;
using Fairlead.Storage;

namespace Fairlead.Standalone.Records;

/// <summary>The file of the environment's record.</summary>
internal sealed class EnvironmentRecordFile(string path)
{
    /// <summary>The record, or null when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is no such record: cut off, changed, or of another version.</exception>
    public EnvironmentRecord? Read()
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            EnvironmentRecord record =
                JsonSerializer.Deserialize(json, EnvironmentRecordJson.Default.EnvironmentRecord)
                ?? throw new JsonException("null");
            return record.Version == EnvironmentRecord.CurrentVersion
                ? record
                : throw new JsonException($"version {record.Version} is not {EnvironmentRecord.CurrentVersion}");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no record of an environment: {e.Message}", e);
        }
    }

    public Task WriteAsync(EnvironmentRecord record) =>
        DurableFile.WriteAsync(
            path,
            JsonSerializer.SerializeToUtf8Bytes(record, EnvironmentRecordJson.Default.EnvironmentRecord)
        );

    public void Delete() => DurableFile.Delete(path);

    /// <summary>Puts a file that cannot be read out of the way; returns its new name.</summary>
    public string SetAside()
    {
        string aside = path + ".unreadable";
        File.Move(path, aside, overwrite: true);
        return aside;
    }
}
