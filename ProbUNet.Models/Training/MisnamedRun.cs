using System.Text.Json.Nodes;

namespace ProbUNet.Models.Training;

/// <summary>What somebody named in the place of a run's folder: whoever names a part of a run means the whole, and nothing else is said to be missing.</summary>
internal static class MisnamedRun
{
    /// <summary>A file of weights lies three folders below its run.</summary>
    private const int Deepest = 3;

    /// <summary>The folder of the run that a file describes; nothing of any other file, whatever it is called.</summary>
    public static string? DescribedBy(string file) => File.Exists(file) && Path.GetFileName(file) == RunFolder.Description && IsDescription(file) ? FolderOf(file) : null;

    /// <summary>The refusal of a run's description where the run, or something else, was to be named.</summary>
    /// <param name="file">The description.</param>
    /// <param name="remedy">What to do about it.</param>
    public static InputException Described(string file, string remedy) => new(file, "this is the file that describes a run, and a run is named by its folder", remedy);

    /// <summary>The refusal of a path that is no run.</summary>
    public static InputException Refusal(string path)
    {
        const string remedy = "name the folder that a training wrote";
        if (DescribedBy(path) is { } described)
            return Described(path, $"name {described}");
        if (!Path.Exists(path))
            return new(path, "there is no such run", remedy);
        var above = path;
        for (var depth = 0; depth < Deepest; depth++)
        {
            above = FolderOf(above);
            if (RunFolder.Recognizes(above))
                return new(path, $"this is a part of the run in {above}, and a run is named by its folder", $"name {above}");
        }
        return File.Exists(path) ? new(path, "this is a file, and a run is a folder", remedy) : new(path, $"there is no {RunFolder.Description} in this folder", remedy);
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) is { Length: > 0 } folder ? folder : ".";

    /// <summary>Whether a file that is called so is one: a spec may be called so too.</summary>
    private static bool IsDescription(string file)
    {
        try
        {
            return JsonFile.ParseBytes(file, Disk.Try(file, () => File.ReadAllBytes(file))) is JsonObject content && content.ContainsKey("network") && content.ContainsKey("spec");
        }
        catch (InputException)
        {
            return false;
        }
    }
}
