namespace ProbUNet.Models.Tests;

/// <summary>A folder of a test's own, gone with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("probunet-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    /// <summary>Writes small files, with the folders that they are in.</summary>
    public void Write(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
            File.WriteAllText(this[name], "{");
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
