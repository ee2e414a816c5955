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

internal static class DataSplitNames
{
    /// <summary>The name of a split in paths and image names.</summary>
    public static string FolderName(this DataSplit split) => split switch
    {
        DataSplit.Train => "train",
        DataSplit.Validation => "val",
        DataSplit.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, null),
    };
}
