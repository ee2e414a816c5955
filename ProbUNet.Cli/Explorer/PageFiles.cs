using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ProbUNet.Cli.Explorer;

/// <summary>The page: a few files inside the program, sent as they are.</summary>
internal static class PageFiles
{
    private const string Prefix = "explorer/";
    private const string Start = "index.html";

    /// <summary>Adds all of them.</summary>
    public static void Map(IEndpointRouteBuilder to)
    {
        foreach (var name in typeof(PageFiles).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var (file, bytes) = (name[Prefix.Length..], Read(name));
            to.MapGet(file == Start ? "/" : $"/{file}", () => Results.Bytes(bytes, TypeOf(file)));
        }
    }

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new InvalidOperationException($"The page has no kind of file such as {file}."),
    };

    private static byte[] Read(string name)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
