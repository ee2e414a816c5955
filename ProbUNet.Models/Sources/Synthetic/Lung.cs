using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>
/// What lies around a lesion in a crop of a CT slice: dark lung with a fine texture, bright vessels along and across the slice, and often the chest
/// wall with a rib.
/// </summary>
internal sealed class Lung
{
    private readonly SmoothNoise[] _texture;
    private readonly double _air;
    private readonly Wall? _wall;
    private readonly double[] _vessels;
    private readonly PixelGrid _grid;

    /// <summary>Draws the surroundings of a lesion.</summary>
    public Lung(RandomStream random, PixelGrid grid, Lesion lesion)
    {
        _grid = grid;
        _air = random.NextDouble(0.06, 0.16);
        _texture = [.. new[] { 15.0, 6, 2.6 }.Select(cell => new SmoothNoise(random.NextUInt64(), cell, grid.Reach))];
        _wall = random.NextDouble() < 0.4 ? new Wall(random, grid, lesion) : null;
        _vessels = Vessels.Draw(random, grid);
    }

    /// <summary>Brightness of each pixel in about [0, 1], the lesion included.</summary>
    public double[] With(LesionDrawing lesion)
    {
        var image = _grid.Map(point => _air + 0.03 * _texture[0].At(point) + 0.025 * _texture[1].At(point) + 0.02 * _texture[2].At(point));
        for (var pixel = 0; pixel < image.Length; pixel++)
        {
            // Vessels fade where they come near the lesion: what graders do is to be told from the lesion's own brightness.
            image[pixel] += lesion.Brightness[pixel] + _vessels[pixel] * Curve.Step(-lesion.Depth[pixel] / 3);
            if (_wall is not null)
                image[pixel] = _wall.Over(image[pixel], _grid.At(pixel / _grid.Width, pixel % _grid.Width));
        }
        return image;
    }
}
