namespace ProbUNet.Dsl.Graphs;

/// <summary>How a region of an operator's output is made of a region of the maps that it reads.</summary>
/// <param name="Input">Of each map that it reads, this.</param>
/// <param name="Operator">
/// What computes it, taking that region for a whole map. What it makes has the wanted region in it, and perhaps pixels around it, which are wrong where the map goes on beyond the region.
/// </param>
/// <param name="Top">The row of the whole output that the first row of what it makes is.</param>
/// <param name="Left">The column, likewise.</param>
public sealed record Patch(Region Input, Operator Operator, int Top, int Left);
