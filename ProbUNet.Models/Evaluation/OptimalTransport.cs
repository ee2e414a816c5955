namespace ProbUNet.Models.Evaluation;

/// <summary>
/// The cheapest way to turn one distribution into another: the linear assignment problem with weights, solved exactly by successive
/// shortest paths with potentials (Edmonds and Karp, JACM 19, 1972), in O(many² · few) for a distribution over many and one over few.
/// </summary>
public static class OptimalTransport
{
    private const double Rounding = 1e-12;
    private const int None = -1;

    /// <summary>min over plans T ≥ 0 with the given sums of rows and columns of Σᵢⱼ Tᵢⱼ · costᵢⱼ.</summary>
    /// <param name="cost">[n, m], finite and not negative.</param>
    /// <param name="supply">The n sums of rows, none negative; they sum to 1.</param>
    /// <param name="demand">The m sums of columns, none negative; they sum to 1.</param>
    /// <returns>The least cost, exact to rounding.</returns>
    /// <exception cref="ArgumentException">Sizes do not fit, or something is no cost or no distribution.</exception>
    public static double Minimize(double[,] cost, IReadOnlyList<double> supply, IReadOnlyList<double> demand)
    {
        Check(cost, supply, demand);
        // The paths lead from column to column, and so it is the few that are columns.
        return supply.Count >= demand.Count ? LeastCost(cost, [.. supply], [.. demand]) : LeastCost(Transposed(cost), [.. demand], [.. supply]);
    }

    private static double LeastCost(double[,] cost, double[] left, double[] room)
    {
        var (rows, columns) = (left.Length, room.Length);
        var plan = new double[columns, rows];
        // What is sent from a row lies where cost − price is least: what makes the plan so far optimal for the rows so far.
        var price = new double[columns];
        // The shortest known path from the row being placed to each column, and its last step: the row that lets the way go on, and the column that this row leaves for it.
        var length = new double[columns];
        var (mover, before, done) = (new int[columns], new int[columns], new bool[columns]);

        for (var row = 0; row < rows; row++)
            while (left[row] > Rounding && Nearest(row) is var target and not None)
            {
                for (var column = 0; column < columns; column++)
                    if (done[column])
                        price[column] -= length[target] - length[column];
                Send(row, target);
            }

        var total = 0.0;
        for (var column = 0; column < columns; column++)
            for (var row = 0; row < rows; row++)
                total += plan[column, row] * cost[row, column];
        return total;

        // The nearest column with room (Dijkstra), over full ones that a row which lies there can leave for another; none if all are full. Where columns are equally near, as of samples that are
        // alike, one with room ends the search at once.
        int Nearest(int from)
        {
            Array.Clear(done);
            for (var column = 0; column < columns; column++)
                (length[column], mover[column], before[column]) = (cost[from, column] - price[column], from, None);
            for (var reached = 0; reached < columns; reached++)
            {
                var nearest = None;
                for (var column = 0; column < columns; column++)
                    if (!done[column] && (nearest == None || length[column] < length[nearest] || (length[column] == length[nearest] && room[column] > Rounding)))
                        nearest = column;
                if (room[nearest] > Rounding)
                    return nearest;
                done[nearest] = true;
                for (var row = 0; row < rows; row++)
                    if (plan[nearest, row] > 0)
                        Leave(nearest, row);
            }
            return None;
        }

        void Leave(int full, int row)
        {
            var here = cost[row, full] - price[full];
            for (var column = 0; column < columns; column++)
            {
                // Rounding may leave a little below 0.
                var through = length[full] + Math.Max(cost[row, column] - price[column] - here, 0);
                if (!done[column] && through < length[column])
                    (length[column], mover[column], before[column]) = (through, row, full);
            }
        }

        // As much as every step of the way has.
        void Send(int from, int target)
        {
            var amount = Math.Min(left[from], room[target]);
            for (var column = target; before[column] != None; column = before[column])
                amount = Math.Min(amount, plan[before[column], mover[column]]);
            left[from] -= amount;
            room[target] -= amount;
            for (var column = target; column != None; column = before[column])
            {
                plan[column, mover[column]] += amount;
                if (before[column] != None)
                    plan[before[column], mover[column]] -= amount;
            }
        }
    }

    private static double[,] Transposed(double[,] cost)
    {
        var transposed = new double[cost.GetLength(1), cost.GetLength(0)];
        for (var row = 0; row < cost.GetLength(0); row++)
            for (var column = 0; column < cost.GetLength(1); column++)
                transposed[column, row] = cost[row, column];
        return transposed;
    }

    private static void Check(double[,] cost, IReadOnlyList<double> supply, IReadOnlyList<double> demand)
    {
        if (cost.GetLength(0) != supply.Count || cost.GetLength(1) != demand.Count)
            throw new ArgumentException($"{supply.Count} rows and {demand.Count} columns need as many costs, not {cost.GetLength(0)}x{cost.GetLength(1)}.", nameof(cost));
        foreach (var value in cost)
            if (!(double.IsFinite(value) && value >= 0))
                throw new ArgumentException($"Costs are finite and not negative, unlike {value}.", nameof(cost));
        foreach (var side in new[] { supply, demand })
            if (!side.All(amount => amount >= 0) || !(Math.Abs(side.Sum() - 1) <= 1e-9))
                throw new ArgumentException($"Amounts are not negative and sum to 1, unlike {string.Join(", ", side)}.", nameof(supply));
    }
}
