using ProbUNet.Models;

namespace ProbUNet.Cli.Commands;

/// <summary>The names of files that are to be written, which are looked at before any work is done for them: nobody finds a network in a file that is called a text.</summary>
internal static class OutputFile
{
    /// <summary>The endings of pictures, by which their format is chosen.</summary>
    private static readonly string[] Pictures = [".png", ".svg"];

    /// <summary>A picture's name.</summary>
    /// <param name="option">What gives it.</param>
    /// <param name="path">The name.</param>
    /// <exception cref="InputException">It ends neither with .png nor with .svg, or is a folder's.</exception>
    public static string Picture(string option, string path) => Checked(option, path, "a picture", isChosenByEnding: true, Pictures);

    /// <summary>A name of a file of one format, which may have no ending at all.</summary>
    /// <param name="option">What gives it.</param>
    /// <param name="path">The name.</param>
    /// <param name="what">What is written, for example <c>a report</c>.</param>
    /// <param name="endings">Those that such a file may have, the usual one first.</param>
    /// <exception cref="InputException">It has the ending of something else, or is a folder's.</exception>
    public static string Checked(string option, string path, string what, params string[] endings) => Checked(option, path, what, isChosenByEnding: false, endings);

    /// <summary>A name of a folder that pictures are written into.</summary>
    /// <exception cref="InputException">It is a file's.</exception>
    public static string FolderOfPictures(string option, string path) =>
        File.Exists(path) ? throw new InputException($"{option} {path}", "this is a file, and many pictures are to be written", "name a folder")
        : !Directory.Exists(path) && Has(path, Pictures) ? throw new InputException($"{option} {path}", "this is the name of one picture, and many are to be written", "name a folder")
        : path;

    private static string Checked(string option, string path, string what, bool isChosenByEnding, string[] endings)
    {
        var words = string.Join(" or ", endings);
        if (Directory.Exists(path))
            throw new InputException($"{option} {path}", "this is a folder", $"name a file for {what}, which ends with {words}");
        return Has(path, endings) || (!isChosenByEnding && Path.GetExtension(path).Length == 0) ? path
            : throw new InputException($"{option} {path}", $"{what} is a {string.Join(" or a ", endings)} file", $"end its name with {words}");
    }

    private static bool Has(string path, string[] endings) => endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
