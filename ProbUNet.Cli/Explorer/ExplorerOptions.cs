namespace ProbUNet.Cli.Explorer;

/// <summary>The bounds of an explorer.</summary>
internal sealed record ExplorerOptions
{
    /// <summary>How far from the prior's mean a place may be, in standard deviations.</summary>
    public const double Farthest = 8;

    /// <summary>The most samples that are drawn at once.</summary>
    public const int MostSamples = 64;

    /// <summary>The most segmentations along an axis of an atlas.</summary>
    public const int MostSide = 21;

    /// <summary>The most images of the data that the page lists.</summary>
    public const int MostListed = 500;

    /// <summary>The port on the machine's own addresses; 0 takes any that is free.</summary>
    public int Port { get; init; }

    /// <summary>Questions to a network that may wait; beyond, 503.</summary>
    public int Waiting { get; init; } = 64;

    /// <summary>Of how many images a network's features are kept.</summary>
    public int ImagesKept { get; init; } = 8;

    /// <summary>Images from the browser that are kept; the oldest makes room.</summary>
    public int UploadsKept { get; init; } = 8;

    /// <summary>Images from the browser that are taken in at once; beyond, 503.</summary>
    public int UploadsAtOnce { get; init; } = 4;

    /// <summary>The most bytes of an image from the browser.</summary>
    public int LargestUpload { get; init; } = 20 << 20;

    /// <summary>The most pixels of it: memory is taken for no more.</summary>
    public int MostPixels { get; init; } = 1 << 24;
}
