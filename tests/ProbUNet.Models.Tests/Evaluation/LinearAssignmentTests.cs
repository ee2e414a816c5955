using FsCheck.Xunit;

namespace ProbUNet.Models.Tests.Evaluation;

public class LinearAssignmentTests
{
    [Property]
    public bool Assignment_IsTheCheapestPermutation(int seed)
    {
        var (size, cost) = RandomCost(seed, sizes: 8);
        var columns = LinearAssignment.Minimize(cost, size);
        var cheapest = NaiveMetrics.Permutations(size).Min(permutation => Total(cost, size, permutation));
        return IsPermutation(columns, size) && Math.Abs(Total(cost, size, columns) - cheapest) <= 1e-9;
    }

    // Too large to try every permutation; but a constant added to a whole row or column adds to every permutation's total alike.
    [Property(MaxTest = 20)]
    public bool ConstantsAddedToRowsAndColumns_DoNotChangeTheAssignmentsCost(int seed)
    {
        var (size, cost) = RandomCost(seed, sizes: 60);
        var random = new Random(seed);
        var rows = Enumerable.Range(0, size).Select(_ => random.NextDouble() * 10 - 5).ToArray();
        var shifted = cost.Select((value, at) => value + rows[at / size] - rows[^(at % size + 1)]).ToArray();
        var columns = LinearAssignment.Minimize(cost, size);
        return IsPermutation(columns, size)
            && Math.Abs(Total(cost, size, columns) - Total(cost, size, LinearAssignment.Minimize(shifted, size))) <= 1e-9;
    }

    [Fact]
    public void NoRows_NeedNoColumns() => Assert.Empty(LinearAssignment.Minimize([], 0));

    [Fact]
    public void CostsThatAreNoSquareOrNotFinite_AreRejected()
    {
        Assert.Throws<ArgumentException>(() => LinearAssignment.Minimize([1, 2, 3], 2));
        Assert.Throws<ArgumentException>(() => LinearAssignment.Minimize([1, 2, 3, double.NaN], 2));
        Assert.Throws<ArgumentException>(() => LinearAssignment.Minimize([1, 2, 3, double.PositiveInfinity], 2));
    }

    /// <summary>Half of the matrices hold small whole numbers, so that ties are common; costs may be negative.</summary>
    private static (int Size, double[] Cost) RandomCost(int seed, int sizes)
    {
        var random = new Random(seed);
        var size = random.Next(1, sizes);
        var ties = random.Next(2) == 0;
        return (size, [.. Enumerable.Range(0, size * size).Select(_ => ties ? random.Next(-2, 3) : random.NextDouble() * 2 - 1)]);
    }

    private static double Total(double[] cost, int size, int[] columns) => columns.Select((column, row) => cost[row * size + column]).Sum();

    private static bool IsPermutation(int[] columns, int size) => columns.Order().SequenceEqual(Enumerable.Range(0, size));
}
