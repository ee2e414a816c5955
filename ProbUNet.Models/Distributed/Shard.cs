namespace ProbUNet.Models.Distributed;

/// <summary>What of a batch is a rank's: neighbouring places, as many as the others' or one more. A pure function of rank and number of ranks, so that the shards of all ranks are the batch, each place once.</summary>
/// <param name="Rank">Which, from 0.</param>
/// <param name="Size">Of how many; at least 1.</param>
public readonly record struct Shard(int Rank, int Size)
{
    /// <summary>All of it.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>A rank's.</summary>
    public static Shard Of(Communicator ranks) => new(ranks.Rank, ranks.Size);

    /// <summary>The first place of a batch of <paramref name="length"/> that is in it.</summary>
    public int First(int length) => (int)((long)length * Rank / Size);

    /// <summary>How many places of a batch of <paramref name="length"/> are in it.</summary>
    public int Count(int length) => (int)((long)length * (Rank + 1) / Size) - First(length);
}
