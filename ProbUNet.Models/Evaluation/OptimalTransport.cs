namespace ProbUNet.Models.Evaluation;

/// <summary>
/// The cheapest way to turn one distribution into another: the linear assignment problem with weights, solved exactly by successive
/// shortest paths with potentials (Edmonds and Karp, JACM 19, 1972).
/// </summary>
public static class OptimalTransport
{
    private const double Rounding = 1e-12;

    /// <summary>min over plans T ≥ 0 with the given sums of rows and columns of Σᵢⱼ Tᵢⱼ · costᵢⱼ.</summary>
    /// <param name="cost">[n, m], finite and not negative.</param>
    /// <param name="supply">The n sums of rows, none negative; they sum to 1.</param>
    /// <param name="demand">The m sums of columns, none negative; they sum to 1.</param>
    /// <returns>The least cost, exact to rounding.</returns>
    /// <exception cref="ArgumentException">Sizes do not fit, or something is no cost or no distribution.</exception>
    public static double Minimize(double[,] cost, IReadOnlyList<double> supply, IReadOnlyList<double> demand)
    {
        Check(cost, supply, demand);
        var (rows, columns) = (supply.Count, demand.Count);
        double[] left = [.. supply], wanted = [.. demand];
        var plan = new double[rows, columns];
        // Potentials keep the reduced cost of every way that is open at or above 0, so that shortest paths need no negative steps.
        var (rowPotential, columnPotential) = (new double[rows], new double[columns]);
        var (distance, parent, done) = (new double[rows + columns], new int[rows + columns], new bool[rows + columns]);
        while (Array.Exists(left, amount => amount > Rounding) && Array.Exists(wanted, amount => amount > Rounding))
        {
            var target = Search();
            Update(distance[rows + target]);
            Push(target);
        }

        var total = 0.0;
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                total += plan[row, column] * cost[row, column];
        return total;

        // The nearest column that still wants something, from all rows that have something left (Dijkstra).
        int Search()
        {
            Array.Clear(done);
            for (var node = 0; node < distance.Length; node++)
                (distance[node], parent[node]) = (node < rows && left[node] > Rounding ? 0 : double.PositiveInfinity, -1);
            while (true)
            {
                var nearest = -1;
                for (var node = 0; node < distance.Length; node++)
                    if (!done[node] && (nearest < 0 || distance[node] < distance[nearest]))
                        nearest = node;
                done[nearest] = true;
                if (nearest >= rows && wanted[nearest - rows] > Rounding)
                    return nearest - rows;
                if (nearest < rows)
                    for (var column = 0; column < columns; column++)
                        Relax(nearest, rows + column, cost[nearest, column] + rowPotential[nearest] - columnPotential[column]);
                else
                    for (var row = 0; row < rows; row++)
                        if (plan[row, nearest - rows] > 0)
                            Relax(nearest, row, columnPotential[nearest - rows] - cost[row, nearest - rows] - rowPotential[row]);
            }
        }

        void Relax(int from, int to, double step)
        {
            var reached = distance[from] + Math.Max(step, 0);   // rounding may leave a little below 0
            if (!done[to] && reached < distance[to])
                (distance[to], parent[to]) = (reached, from);
        }

        void Update(double reached)
        {
            for (var row = 0; row < rows; row++)
                rowPotential[row] += Math.Min(distance[row], reached);
            for (var column = 0; column < columns; column++)
                columnPotential[column] += Math.Min(distance[rows + column], reached);
        }

        void Push(int target)
        {
            var amount = wanted[target];
            var node = rows + target;
            for (; parent[node] >= 0; node = parent[node])
                if (node < rows)   // a way back frees what was sent
                    amount = Math.Min(amount, plan[node, parent[node] - rows]);
            amount = Math.Min(amount, left[node]);
            left[node] -= amount;
            wanted[target] -= amount;
            for (node = rows + target; parent[node] >= 0; node = parent[node])
                if (node < rows)
                    plan[node, parent[node] - rows] -= amount;
                else
                    plan[parent[node], node - rows] += amount;
        }
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
