using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

// Images of any size.
public abstract partial class SegmentationModel
{
    /// <summary>
    /// Draws segmentations of an image of any size in the memory of a tile: the very samples that <see cref="Sample"/> of a network with the same weights, declared for that size, would draw with the same random numbers, to rounding. Each tile is computed
    /// from as much of the image around it as it depends on, and what samples have in common over the whole image (z, and the prior that it is drawn from) is found first.
    /// </summary>
    /// <param name="image">[N, C, H, W] in [0, 1], of any H and W for which the declaration would be valid.</param>
    /// <param name="count">Samples an image, at least 1.</param>
    /// <param name="random">Where the randomness comes from; it is moved on.</param>
    /// <param name="tile">The side of a tile in pixels, at least 1. Those at the lower and right edges may be smaller. What a tile sees beside itself is computed again for its neighbours, so that small ones cost more.</param>
    /// <param name="take">
    /// Is given each tile, row by row: the rows and columns that it has of the image, and its probabilities in [0, 1], [N, <paramref name="count"/>, classes, rows, columns], which are freed when it returns.
    /// </param>
    /// <exception cref="ArgumentException">The image is not of the network's channels, or no float32.</exception>
    /// <exception cref="InputException">The declaration has no network of this size, or a tile would need the whole image: statistics over the map (instance, group and layer normalisation), circular padding, the noise of a Dropout U-Net.</exception>
    public void SampleInTiles(Tensor image, int count, Generator random, int tile, Action<Region, Tensor> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        InTiles(Tiled(image, count, random, tile), count, random, take);
    }

    /// <summary>The same, with the tiles put together.</summary>
    /// <param name="image">[N, C, H, W] in [0, 1], of any H and W for which the declaration would be valid.</param>
    /// <param name="count">Samples an image, at least 1.</param>
    /// <param name="random">Where the randomness comes from; it is moved on.</param>
    /// <param name="tile">The side of a tile in pixels, at least 1.</param>
    /// <returns>Probabilities in [0, 1], [N, <paramref name="count"/>, classes, H, W], made in inference mode; the caller owns the tensor.</returns>
    /// <inheritdoc cref="SampleInTiles(Tensor, int, Generator, int, Action{Region, Tensor})" path="/exception"/>
    public Tensor SampleInTiles(Tensor image, int count, Generator random, int tile = 512)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var tiled = Tiled(image, count, random, tile);
        var whole = empty([image.shape[0], count, Declaration.Classes, image.shape[2], image.shape[3]], device: image.device);
        InTiles(tiled, count, random, (region, probabilities) =>
            whole.narrow(3, region.Rows.Start, region.Rows.Length).narrow(4, region.Columns.Start, region.Columns.Length).copy_(probabilities));
        return whole.MoveToOuterDisposeScope();
    }

    private TiledImage Tiled(Tensor image, int count, Generator random, int tile)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tile, 1);
        return new TiledImage(Living, image, tile);
    }

    private void InTiles(TiledImage image, int count, Generator random, Action<Region, Tensor> take)
    {
        var answers = AnswersInTiles(image, count, random);
        foreach (var region in image.Tiles)
        {
            using var scope = NewDisposeScope();
            take(region, stack(answers(region), 1));
        }
    }

    /// <summary>What <see cref="Answers"/> would be of the whole image, in a region of it. Whatever is drawn is drawn at once, before the first region is asked for.</summary>
    private protected abstract Func<Region, IEnumerable<Tensor>> AnswersInTiles(TiledImage image, int count, Generator random);
}
