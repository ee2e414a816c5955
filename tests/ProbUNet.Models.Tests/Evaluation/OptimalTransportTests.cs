using FsCheck.Xunit;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

public class OptimalTransportTests
{
    [Property]
    public void AmountsAlike_AreAnAssignment(int seed)
    {
        var random = new Random(seed);
        var size = 1 + random.Next(7);
        var cost = Costs(random, size, size);
        var columns = LinearAssignment.Minimize([.. cost.Cast<double>()], size);
        var alike = Enumerable.Repeat(1.0 / size, size).ToArray();
        Assert.Equal(columns.Select((column, row) => cost[row, column]).Average(), OptimalTransport.Minimize(cost, alike, alike), 1e-9);
    }

    [Property]
    public void AmountsAlikeOnEachSide_AreAnAssignmentOfBothRepeated(int seed)
    {
        var random = new Random(seed);
        var (rows, columns) = (1 + random.Next(30), 1 + random.Next(9));
        var cost = Costs(random, rows, columns);
        var size = Enumerable.Range(1, rows * columns).First(n => n % rows == 0 && n % columns == 0);
        double[] repeated = [.. Enumerable.Range(0, size).SelectMany(row => Enumerable.Range(0, size).Select(column => cost[row % rows, column % columns]))];
        var expected = LinearAssignment.Minimize(repeated, size).Select((column, row) => repeated[row * size + column]).Average();
        Assert.Equal(expected, OptimalTransport.Minimize(cost, [.. Enumerable.Repeat(1.0 / rows, rows)], [.. Enumerable.Repeat(1.0 / columns, columns)]), 1e-12);
    }

    [Property]
    public void AmountsOfWholeParts_AreAnAssignmentOfTheParts(int seed)
    {
        var random = new Random(seed);
        var parts = 6 + random.Next(10);
        int[] Shares()
        {
            var shares = new int[1 + random.Next(6)];   // some are 0
            for (var part = 0; part < parts; part++)
                shares[random.Next(shares.Length)]++;
            return shares;
        }
        int[] rows = Shares(), columns = Shares();
        var cost = Costs(random, rows.Length, columns.Length);
        int[] rowOf = [.. rows.SelectMany((count, row) => Enumerable.Repeat(row, count))], columnOf = [.. columns.SelectMany((count, column) => Enumerable.Repeat(column, count))];
        double[] parted = [.. rowOf.SelectMany(row => columnOf.Select(column => cost[row, column]))];
        var expected = LinearAssignment.Minimize(parted, parts).Select((column, row) => parted[row * parts + column]).Average();
        Assert.Equal(expected, OptimalTransport.Minimize(cost, [.. rows.Select(count => (double)count / parts)], [.. columns.Select(count => (double)count / parts)]), 1e-9);
    }

    [Fact]
    public void WhatIsNoDistribution_IsRefused()
    {
        var cost = new double[1, 2];
        Assert.Equal(0, OptimalTransport.Minimize(cost, [1], [0.25, 0.75]));
        Assert.Throws<ArgumentException>(() => OptimalTransport.Minimize(cost, [1], [1]));
        Assert.Throws<ArgumentException>(() => OptimalTransport.Minimize(cost, [1], [0.5, 0.4]));
        Assert.Throws<ArgumentException>(() => OptimalTransport.Minimize(cost, [1], [1.5, -0.5]));
        Assert.Throws<ArgumentException>(() => OptimalTransport.Minimize(new double[,] { { double.NaN, 0 } }, [1], [0.5, 0.5]));
    }

    /// <summary>Costs of few values, so that ties are frequent.</summary>
    private static double[,] Costs(Random random, int rows, int columns)
    {
        var cost = new double[rows, columns];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                cost[row, column] = random.Next(3) == 0 ? random.Next(3) : random.NextDouble();
        return cost;
    }
}
