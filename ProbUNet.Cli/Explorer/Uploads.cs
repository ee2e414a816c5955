using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Data;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Cli.Explorer;

/// <summary>Takes in images from the browser: looks at length, signature and header before it takes memory, and decodes on a thread of its own.</summary>
internal sealed class Uploads(ModelSpec network, IReadOnlyList<string> classes, ImageLibrary images, ExplorerOptions options) : IAsyncDisposable
{
    private const string Input = "The image";

    private readonly SemaphoreSlim _room = new(options.UploadsAtOnce);
    private readonly Worker _decoder = new(options.UploadsAtOnce);

    /// <summary>Reads, checks and keeps an image.</summary>
    /// <param name="content">The bytes of a PNG; no more of it is read than is allowed.</param>
    /// <param name="length">How many there are, where it is said.</param>
    /// <param name="stop">Stops the reading.</param>
    /// <returns>The image under its new name, and the rows and columns of what was sent.</returns>
    /// <exception cref="InputException">It is none that the network can take.</exception>
    /// <exception cref="TooLargeException">It has more bytes than are taken.</exception>
    /// <exception cref="BusyException">As many are taken in as may be.</exception>
    public async Task<(GradedImage Image, int Height, int Width)> Take(Stream content, long? length, CancellationToken stop)
    {
        if (length > options.LargestUpload)
            throw new TooLargeException(options.LargestUpload);
        if (!_room.Wait(0, CancellationToken.None))
            throw new BusyException();
        try
        {
            var bytes = await Read(content, stop);
            var taken = await _decoder.Do(() => Named(() => ImageFile.MiddleOf(ImageLibrary.NewId(), bytes, network, classes)), stop);
            images.Add(taken.Image);
            return taken;
        }
        finally
        {
            _room.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _decoder.DisposeAsync();
        _room.Dispose();
    }

    private async Task<byte[]> Read(Stream content, CancellationToken stop)
    {
        var start = new byte[PngHeader.End];
        var read = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, stop);
        if (read == 0)
            throw new InputException(Input, "the file is empty", "choose another");
        if (PngFile.PromiseOf(start.AsSpan(0, read)) is not { } header)
            throw new InputException(Input, "this is not a PNG file, whatever its name says", "convert it to PNG");
        if ((long)header.Height * header.Width > options.MostPixels)
            throw new InputException(Input, string.Create(CultureInfo.InvariantCulture, $"it has {header.Height} rows and {header.Width} columns, and at most {options.MostPixels} pixels are taken"), "cut out the part that matters");
        using var bytes = new MemoryStream();
        bytes.Write(start.AsSpan(0, read));
        var part = new byte[1 << 16];
        for (int more; (more = await content.ReadAsync(part, stop)) > 0;)
        {
            if (bytes.Length + more > options.LargestUpload)
                throw new TooLargeException(options.LargestUpload);
            bytes.Write(part, 0, more);
        }
        return bytes.ToArray();
    }

    /// <summary>Names the image as its sender does: the random name of an image means nothing to anybody.</summary>
    private static T Named<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (InputException error)
        {
            throw new InputException(Input, error.Problem, error.Remedy, error);
        }
    }
}

/// <summary>More bytes than are taken.</summary>
internal sealed class TooLargeException(int most) : Exception(string.Create(CultureInfo.InvariantCulture, $"The image: it has more than the {most >> 20} MB that are taken; save it smaller."));
