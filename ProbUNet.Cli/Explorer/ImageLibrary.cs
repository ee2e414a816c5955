using System.Collections.Concurrent;
using System.Security.Cryptography;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Cli.Explorer;

/// <summary>The images of an explorer: those of the data, and the last few that came from the browser. These live in memory only, under a name that nobody else chose.</summary>
internal sealed class ImageLibrary
{
    private readonly IReadOnlyList<GradedImage> _images;
    private readonly Dictionary<string, GradedImage> _listed;
    private readonly int _uploadsKept;
    private readonly ConcurrentDictionary<string, GradedImage> _uploads = new();
    private readonly ConcurrentQueue<string> _order = new();   // of the uploads, the oldest first

    /// <summary>Takes the images of the data.</summary>
    /// <param name="images">There may be none.</param>
    /// <param name="uploadsKept">At least 1.</param>
    public ImageLibrary(IReadOnlyList<GradedImage> images, int uploadsKept)
    {
        (_images, _uploadsKept) = (images, uploadsKept);
        _listed = Listed.ToDictionary(listed => listed.Id, listed => listed.Image);
        Chosen = images.Count == 0 ? null : Listed.MaxBy(listed => listed.Image.Grading.Reference is null ? -1 : Disagreement.Of(listed.Image)).Id;
    }

    /// <summary>The images of the data that are listed, in their order, under short names.</summary>
    public IEnumerable<(string Id, GradedImage Image)> Listed =>
        _images.Take(ExplorerOptions.MostListed).Select((image, place) => (string.Create(System.Globalization.CultureInfo.InvariantCulture, $"t{place}"), image));

    /// <summary>The listed one on which graders disagree most; nothing where there are no images.</summary>
    public string? Chosen { get; }

    /// <summary>All images of the data, listed or not.</summary>
    public int Count => _images.Count;

    /// <summary>Images from the browser that are kept.</summary>
    public int Uploads => _uploads.Count;

    /// <summary>The image of a name; nothing where there is none, or none any more.</summary>
    public GradedImage? Find(string id) => _listed.TryGetValue(id, out var image) || _uploads.TryGetValue(id, out image) ? image : null;

    /// <summary>A name for an image from the browser: 128 random bits.</summary>
    public static string NewId() => $"u{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    /// <summary>Keeps an image from the browser under its name.</summary>
    public void Add(GradedImage image)
    {
        _uploads[image.Name] = image;
        _order.Enqueue(image.Name);
        while (_order.Count > _uploadsKept && _order.TryDequeue(out var oldest))
            _uploads.TryRemove(oldest, out _);
    }
}
