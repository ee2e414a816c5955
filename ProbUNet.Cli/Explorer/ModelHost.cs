using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Cli.Explorer;

/// <summary>Owns a network: one worker asks it, and what it says of the last images is kept.</summary>
internal sealed class ModelHost : IAsyncDisposable
{
    private const int SmallSide = 64;   // pixels of a segmentation in an atlas, at most

    private readonly SegmentationModel _model;

    /// <summary>Takes over a network.</summary>
    /// <param name="model">Of any family.</param>
    /// <param name="waiting">Questions that may wait while one is answered.</param>
    /// <param name="imagesKept">Of how many images features, prior and posteriors are kept.</param>
    public ModelHost(SegmentationModel model, int waiting, int imagesKept) => (_model, Worker, States) = (model, new Worker(waiting), new(imagesKept));

    /// <summary>The dimensions of the latent; nothing where there is none.</summary>
    public int? Dimension => (_model as LatentVariableModel)?.Declaration.Latent.Dimension;

    /// <summary>How many different answers there are, where their number is built in.</summary>
    public int? DistinctAnswers => _model.DistinctAnswers;

    /// <summary>The one user of the network; for tests.</summary>
    internal Worker Worker { get; }

    /// <summary>What is kept of images: the worker's; for tests.</summary>
    internal RecentlyUsed<ImageState> States { get; }

    /// <summary>The latent space of an image.</summary>
    /// <param name="id">Tells the image from all others.</param>
    /// <param name="image">Of the network's size and classes.</param>
    /// <param name="stop">Stops the waiting.</param>
    /// <exception cref="InputException">The network has no latent.</exception>
    /// <exception cref="BusyException">As much waits as may.</exception>
    public Task<LatentSpace> Latent(string id, GradedImage image, CancellationToken stop)
    {
        var model = Latent();
        return Worker.Do(() => StateOf(model, id, image).Space, stop);
    }

    /// <summary>The segmentation at z = µ + σ · u.</summary>
    /// <param name="id">Tells the image from all others.</param>
    /// <param name="image">Of the network's size and classes.</param>
    /// <param name="u">In standard deviations of the image's prior, [D].</param>
    /// <param name="stop">Stops the waiting.</param>
    /// <exception cref="InputException">The network has no latent, or one of other dimensions.</exception>
    /// <exception cref="BusyException">As much waits as may.</exception>
    public Task<Picture> Decode(string id, GradedImage image, IReadOnlyList<double> u, CancellationToken stop)
    {
        var model = Latent();
        Check(u);
        return Worker.Do(() => StateOf(model, id, image).Decode([u])[0], stop);
    }

    /// <summary>Samples, those of <see cref="Predictor.Predict"/> with the same seed.</summary>
    /// <exception cref="BusyException">As much waits as may.</exception>
    public Task<Picture[]> Sample(string id, GradedImage image, int count, long seed, CancellationToken stop) => Worker.Do(() =>
    {
        if (_model is LatentVariableModel model)
        {
            using var random = RandomStream.For(seed, (long)Purpose.Evaluation, RandomStream.Key(image.Name)).Generator();
            return StateOf(model, id, image).Sample(count, random);
        }
        var prediction = Predictor.Predict(_model, image, count, seed);
        var size = prediction.Probabilities.Length / count;
        return [.. Enumerable.Range(0, count).Select(sample => Picture.Of(prediction.Probabilities.Span.Slice(sample * size, size), prediction.Classes))];
    }, stop);

    /// <summary>Segmentations over the plane of two dimensions, the others as in <paramref name="u"/>; a row at a time, so that whoever drags meanwhile waits for one at most.</summary>
    /// <param name="id">Tells the image from all others.</param>
    /// <param name="image">Of the network's size and classes.</param>
    /// <param name="u">In standard deviations of the image's prior, [D].</param>
    /// <param name="x">The dimension from left to right.</param>
    /// <param name="y">The dimension upwards; of a latent of one dimension the same.</param>
    /// <param name="side">Segmentations along each axis.</param>
    /// <param name="stop">Stops the work.</param>
    /// <exception cref="InputException">The network has no latent, or there are no such dimensions.</exception>
    /// <exception cref="BusyException">As much waits as may.</exception>
    public async Task<Atlas> Map(string id, GradedImage image, IReadOnlyList<double> u, int x, int y, int side, CancellationToken stop)
    {
        var model = Latent();
        Check(u);
        if (x < 0 || x >= u.Count || y < 0 || y >= u.Count || x == y && u.Count > 1)
            throw new InputException($"axes {x} and {y}", $"a plane goes along two different dimensions of {u.Count}", $"name two of 0 to {u.Count - 1}");
        var (height, width) = (Small(image.Height), Small(image.Width));
        var pixels = new List<byte>(side * side * height * width);
        foreach (var row in LatentGrid.Places(side, side).Chunk(side))
            pixels.AddRange((await Worker.Do(() => StateOf(model, id, image).Decode([.. row.Select(At)]), stop)).SelectMany(picture => Shrunk(picture.Pixels, image, height, width)));
        return new Atlas(side, height, width, [.. pixels]);

        IReadOnlyList<double> At((double X, double Y) place) => [.. u.Select((value, d) => d == x ? place.X : d == y ? place.Y : value)];
    }

    /// <summary>Frees the network once what waits is answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        States.Dispose();
        _model.Dispose();
    }

    private ImageState StateOf(LatentVariableModel model, string id, GradedImage image) => States.Get(id, () => new ImageState(model, image));

    private LatentVariableModel Latent() => _model as LatentVariableModel
        ?? throw new InputException("The latent", "a network of this family has none", "look at its samples");

    private void Check(IReadOnlyList<double>? u)
    {
        if (u is null || u.Count != Dimension)
            throw new InputException("u", $"{Counted.Of(u?.Count ?? 0, "number is", "numbers are")} no place in a latent of {Counted.Of(Dimension ?? 0, "dimension")}", $"send {Dimension}");
        if (!u.All(value => Math.Abs(value) <= ExplorerOptions.Farthest))
            throw new InputException("u", "a place is too far from the prior's mean", $"stay within {ExplorerOptions.Farthest} standard deviations");
    }

    private static int Small(int side) => side / ((side + SmallSide - 1) / SmallSide);

    /// <summary>The pixel in the middle of each block: of labels there is no mean.</summary>
    private static IEnumerable<byte> Shrunk(byte[] pixels, GradedImage image, int height, int width)
    {
        var (down, across) = (image.Height / height, image.Width / width);
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
                yield return pixels[(row * down + down / 2) * image.Width + column * across + across / 2];
    }
}
