namespace ProbUNet.Generators;

/// <summary>What only a declaration can break, and no spec: how it names the weights that come with a network.</summary>
internal static class WeightsRules
{
    private const int Digits = 64;
    private const string Example = "for example \"weights/net.safetensors\"";

    /// <summary>Why a path is none below the assembly's folder, with the remedy; nothing if it is one.</summary>
    public static string? ProblemOfPath(string path) =>
        path.Trim().Length == 0 ? $"The path of the weights is empty: name a file, {Example}"
        : path.IndexOf('\\') >= 0 ? $"The path of the weights, {path}, has a backslash, which only some systems know: write / between its parts"
        : path[0] == '/' || path.IndexOf(':') >= 0 ? $"The path of the weights, {path}, is absolute, and no file of the assembly's: name it from the assembly's folder, {Example}"
        : path.Split('/') is var parts && parts.Contains("..") ? $"The path of the weights, {path}, leads out of the assembly's folder: put the file into it or below it"
        : parts.Any(part => part.Trim() is "" or ".") ? $"The path of the weights, {path}, has an empty part: name every folder and the file once, {Example}"
        : null;

    /// <summary>Why the checksum of a file is none, with the remedy; nothing if it is one.</summary>
    public static string? ProblemOfChecksum(WeightsModel weights) =>
        weights.Sha256.Length == Digits && weights.Sha256.All(digit => digit is >= '0' and <= '9' or >= 'a' and <= 'f' or >= 'A' and <= 'F')
            ? null
            : $"A SHA-256 has {Digits} hexadecimal digits, and '{weights.Sha256}' is none: write what 'sha256sum {weights.Path}' prints";
}
