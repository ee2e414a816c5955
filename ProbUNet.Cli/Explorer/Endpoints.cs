using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ProbUNet.Models;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Cli.Explorer;

/// <summary>What the page asks for (docs/explorer.md).</summary>
internal sealed class Endpoints(IReadOnlyList<(ExploredRun Run, ModelHost Host)> runs, ImageLibrary images, Uploads uploads, ExplorerOptions options, string data)
{
    private const int LargestQuestion = 64 << 10;   // bytes of JSON

    /// <summary>A place in the latent: see <see cref="ModelHost.Decode"/>.</summary>
    internal sealed record Place(double[]? U);

    /// <summary>A plane of the latent: see <see cref="ModelHost.Map"/>.</summary>
    internal sealed record Plane(double[]? U, int X, int Y, int Side);

    /// <summary>Samples that are wanted: see <see cref="ModelHost.Sample"/>.</summary>
    internal sealed record Wanted(long Seed, int Count);

    /// <summary>Adds all of them.</summary>
    public void Map(IEndpointRouteBuilder to)
    {
        var api = to.MapGroup("/api");
        api.MapGet("/explorer", Explorer);
        api.MapPost("/images", Upload).WithMetadata(new RequestSizeLimitAttribute(options.LargestUpload + 1));
        api.MapGet("/images/{image}", (string image) => Described(image, Find(image)));
        api.MapGet("/images/{image}/picture", (string image) => Results.Bytes(PictureOf(Find(image)), "image/png"));
        var run = api.MapGroup("/runs/{run:int}/images/{image}").WithMetadata(new RequestSizeLimitAttribute(LargestQuestion));
        run.MapGet("/latent", async (int run, string image, CancellationToken stop) => Results.Json(await Host(run).Latent(image, Find(image), stop)));
        run.MapPost("/decode", Decode);
        run.MapPost("/map", async (int run, string image, Plane plane, CancellationToken stop) => plane.Side is >= 1 and <= ExplorerOptions.MostSide
            ? Results.Json(await Host(run).Map(image, Find(image), plane.U ?? [], plane.X, plane.Y, plane.Side, stop))
            : throw Bad("side", plane.Side, $"ask for 1 to {ExplorerOptions.MostSide}"));
        run.MapPost("/samples", async (int run, string image, Wanted wanted, CancellationToken stop) => wanted.Count is >= 1 and <= ExplorerOptions.MostSamples
            ? Results.Json(await Host(run).Sample(image, Find(image), wanted.Count, wanted.Seed, stop))
            : throw Bad("count", wanted.Count, $"ask for 1 to {ExplorerOptions.MostSamples}"));
    }

    private IResult Explorer()
    {
        var spec = runs[0].Run.Spec;
        return Results.Json(new
        {
            Data = data,
            Runs = runs.Select(each => new { each.Run.Name, each.Run.Family, each.Run.Step, each.Host.Dimension, each.Host.DistinctAnswers, PriorIsStandard = each.Run.Model is LatentVariableModel { PriorIsStandard: true } }),
            spec.Image.Height,
            spec.Image.Width,
            spec.Image.Channels,
            Classes = Classes(spec.Classes),
            Images = images.Listed.Select(listed => new { listed.Id, listed.Image.Name }),
            images.Chosen,
            images.Count,
            options.LargestUpload,
            ExplorerOptions.MostSamples,
        });
    }

    /// <summary>Names and colours of several classes, those of all pictures of this library; of one class none.</summary>
    private IEnumerable<object> Classes(int count)
    {
        if (count == 1)
            return [];
        var classes = images.Listed.Select(listed => listed.Image.Classes).FirstOrDefault() ?? new SegmentationClasses([.. Enumerable.Range(0, count).Select(@class => $"class {@class}")]);
        return classes.Names.Zip(Models.Reports.Drawing.ClassColors.Of(classes), (name, color) => new { Name = name, Color = string.Create(CultureInfo.InvariantCulture, $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}") });
    }

    private async Task<IResult> Upload(HttpRequest request, CancellationToken stop)
    {
        if (request.ContentType is not "image/png")
            return Results.Problem("The image: only PNG is taken; convert it to PNG.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        var (image, height, width) = await uploads.Take(request.Body, request.ContentLength, stop);
        var isCut = (height, width) != (image.Height, image.Width);
        return Results.Created($"/api/images/{image.Name}", new
        {
            Id = image.Name,
            Note = isCut ? $"The middle {image.Height}x{image.Width} pixels of {height}x{width} are shown: the network takes no more." : null,
        });
    }

    private static IResult Described(string id, GradedImage image) => Results.Json(new
    {
        Id = id,
        image.Name,
        GraderWord = image.Grading is Grading.DrawnAnew ? "true draw" : "grader",
        Graders = image.Shown(ImageState.Draws).Select(Picture.Of),
    });

    private async Task<IResult> Decode(int run, string image, Place place, HttpResponse response, [FromQuery] string? format, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var found = Find(image);
        var picture = await Host(run).Decode(image, found, place.U ?? [], stop);
        response.Headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture, $"decode;dur={Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.00}");
        return format switch
        {
            null or "raw" => Results.Bytes(picture.Pixels, "application/octet-stream"),
            "png" => Results.Bytes(PngFile.EncodeGrey(found.Height, found.Width, picture.Area is null ? picture.Pixels : [.. picture.Pixels.Select(level => level >= 128 ? byte.MaxValue : byte.MinValue)]), "image/png"),
            _ => throw Bad("format", format, "use raw or png"),
        };
    }

    private ModelHost Host(int run) => run >= 0 && run < runs.Count ? runs[run].Host : throw new MissingException($"There is no run {run}.");

    private GradedImage Find(string image) => images.Find(image)
        ?? throw new MissingException("There is no such image here any more; choose another, or drop it again.");

    /// <summary>The image as a PNG of 8 bits: three channels in colour, else the first one in grey.</summary>
    private static byte[] PictureOf(GradedImage image)
    {
        using var bitmap = Models.Reports.Drawing.Panels.Of(image);
        using var png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    private static InputException Bad(string setting, object value, string remedy) => new(setting, FormattableString.Invariant($"{value} cannot work"), remedy);
}

/// <summary>What is asked for is not there.</summary>
internal sealed class MissingException(string sentence) : Exception(sentence);
