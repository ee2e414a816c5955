namespace ProbUNet.Models.Sources;

/// <summary>How much of a data set is held in memory. The data are the same, whatever is chosen here.</summary>
public sealed record DataMemory
{
    /// <summary>
    /// Bytes of decoded images and masks that are held in memory, 1 GiB unless said otherwise; what is more lies in one temporary file, which the operating
    /// system caches as far as there is room, and which is gone with the process. An image takes 1 byte a pixel and channel (2 where it has 16 bits), and a mask
    /// 1 bit a pixel and class that occurs.
    /// </summary>
    public long Limit { get; init; } = 1L << 30;

    /// <summary>Where the temporary file is made: <see cref="Path.GetTempPath"/> (TMPDIR) unless said otherwise. It must be a disk: some systems keep /tmp in memory.</summary>
    public string? Folder { get; init; }
}
