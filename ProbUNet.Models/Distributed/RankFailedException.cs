namespace ProbUNet.Models.Distributed;

/// <summary>A rank has ended before its work was done, so that the others cannot go on.</summary>
public sealed class RankFailedException : Exception
{
    /// <summary>Names the rank.</summary>
    /// <param name="rank">Which it was.</param>
    /// <param name="size">Of how many.</param>
    /// <param name="innerException">What ended it.</param>
    public RankFailedException(int rank, int size, Exception innerException)
        : base($"rank {rank} of {size} has ended: {innerException.Message}", innerException) => Rank = rank;

    /// <summary>Which it was.</summary>
    public int Rank { get; }
}
