namespace ProbUNet.Models.Tests.Evaluation;

/// <summary>
/// The linear assignment problem, solved exactly in O(n³) by shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987): what a transport between
/// amounts that are all alike must come to.
/// </summary>
internal static class LinearAssignment
{
    private const int None = -1;

    /// <summary>The one-to-one matching of rows to columns with the least total cost.</summary>
    /// <param name="cost">The cost of every pair, [n, n] row-major, finite, of any sign.</param>
    /// <param name="size">n, the number of rows and of columns.</param>
    /// <returns>The column of each row. Where several matchings cost the least, one of them, always the same.</returns>
    /// <exception cref="ArgumentException">The costs are not n · n finite numbers.</exception>
    public static int[] Minimize(ReadOnlySpan<double> cost, int size)
    {
        if (size < 0 || cost.Length != (long)size * size)
            throw new ArgumentException($"An assignment of {size} rows needs {(long)size * size} costs, not {cost.Length}.", nameof(cost));
        foreach (var value in cost)
            if (!double.IsFinite(value))
                throw new ArgumentException($"Costs are finite numbers, unlike {value}.", nameof(cost));

        // Potentials with cost[i, j] − rowPotential[i] − columnPotential[j] ≥ 0, and = 0 on every matched pair: what makes the matching so far optimal.
        var rowPotential = new double[size];
        var columnPotential = new double[size];
        var rowOf = new int[size];
        Array.Fill(rowOf, None);
        // The shortest known path from the row being placed to each column, in reduced costs, and the column before it on that path.
        var length = new double[size];
        var before = new int[size];
        var done = new bool[size];

        for (var row = 0; row < size; row++)
        {
            Array.Fill(length, double.PositiveInfinity);
            Array.Clear(done);
            // Dijkstra's search, which ends at the nearest column that no row has yet.
            int column = None, current = row;
            var reached = 0.0;
            do
            {
                var nearest = None;
                for (var next = 0; next < size; next++)
                {
                    if (done[next])
                        continue;
                    var through = reached + cost[current * size + next] - rowPotential[current] - columnPotential[next];
                    if (through < length[next])
                        (length[next], before[next]) = (through, column);
                    if (nearest == None || length[next] < length[nearest])
                        nearest = next;
                }
                column = nearest;
                done[column] = true;
                reached = length[column];
                current = rowOf[column];
            }
            while (current != None);

            // Only what the search passed through moves; the free column at its end moves by reached − reached = 0.
            rowPotential[row] += reached;
            for (var passed = 0; passed < size; passed++)
            {
                if (!done[passed] || rowOf[passed] == None)
                    continue;
                rowPotential[rowOf[passed]] += reached - length[passed];
                columnPotential[passed] -= reached - length[passed];
            }

            // Along the path every row hands its column on to the row before it.
            while (before[column] != None)
            {
                rowOf[column] = rowOf[before[column]];
                column = before[column];
            }
            rowOf[column] = row;
        }

        var columnOf = new int[size];
        for (var column = 0; column < size; column++)
            columnOf[rowOf[column]] = column;
        return columnOf;
    }
}
