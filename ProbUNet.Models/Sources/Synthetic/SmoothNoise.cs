using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>
/// Noise of one band of frequencies: random values on the corners of a square lattice, blended in between (Perlin 1985, "value noise").
/// A corner's value depends on seed and corner alone, so that a larger image shows more of the same.
/// </summary>
internal sealed class SmoothNoise
{
    private readonly double _cell;
    private readonly int _reach;
    private readonly double[] _corners;

    /// <param name="seed">Decides the values.</param>
    /// <param name="cell">Side of a cell, in units.</param>
    /// <param name="reach">The farthest that a coordinate gets from 0, in units.</param>
    public SmoothNoise(ulong seed, double cell, double reach)
    {
        _cell = cell;
        _reach = (int)Math.Ceiling(reach / cell) + 1;
        var side = 2 * _reach + 1;
        _corners = new double[side * side];
        for (var y = -_reach; y <= _reach; y++)
            for (var x = -_reach; x <= _reach; x++)
                _corners[(y + _reach) * side + x + _reach] = RandomStream.For(unchecked((long)seed), y, x).NextDouble(-1, 1);
    }

    /// <summary>In [−1, 1].</summary>
    public double At(Point point)
    {
        var (x, y) = (point.X / _cell, point.Y / _cell);
        var (column, row) = (Math.Floor(x), Math.Floor(y));
        var (right, down) = (Curve.Step(x - column), Curve.Step(y - row));
        var side = 2 * _reach + 1;
        var corner = ((int)row + _reach) * side + (int)column + _reach;
        var above = _corners[corner] + right * (_corners[corner + 1] - _corners[corner]);
        var below = _corners[corner + side] + right * (_corners[corner + side + 1] - _corners[corner + side]);
        return above + down * (below - above);
    }
}
