using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Data;

/// <summary>The three parts of a data set.</summary>
public enum DataSplit
{
    /// <summary>To fit weights on.</summary>
    Train,

    /// <summary>To choose settings by.</summary>
    Validation,

    /// <summary>To look at once, at the end.</summary>
    Test,
}

internal static class DataSplits
{
    /// <summary>What a stream is for that decides where a case goes.</summary>
    public static readonly long Key = RandomStream.Key("split");

    /// <summary>All of them, in the order in which they are read and told.</summary>
    public static IReadOnlyList<DataSplit> All { get; } = [DataSplit.Train, DataSplit.Validation, DataSplit.Test];

    /// <summary>Where a case goes by shares, on average over cases.</summary>
    /// <param name="stream">The case's own.</param>
    /// <param name="train">The share to train on.</param>
    /// <param name="validation">The share to choose by.</param>
    public static DataSplit Of(RandomStream stream, double train, double validation)
    {
        var place = stream.NextDouble();
        return place < train ? DataSplit.Train : place < train + validation ? DataSplit.Validation : DataSplit.Test;
    }

    /// <summary>The name of a split in paths and image names.</summary>
    public static string FolderName(this DataSplit split) => split switch
    {
        DataSplit.Train => "train",
        DataSplit.Validation => "val",
        DataSplit.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, null),
    };
}
