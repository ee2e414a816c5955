using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ProbUNet.Dsl;

namespace ProbUNet.Models.Data;

/// <summary>A data set, split by case into images to train on, to choose by, and to report on.</summary>
/// <param name="Name">Where it comes from: a folder, or a synthetic task.</param>
/// <param name="Train">To fit weights on.</param>
/// <param name="Validation">To choose settings by.</param>
/// <param name="Test">To look at once, at the end.</param>
public sealed record GradedData(string Name, IReadOnlyList<GradedImage> Train, IReadOnlyList<GradedImage> Validation, IReadOnlyList<GradedImage> Test)
{
    /// <summary>What the planes of its segmentations mean: how many classes there are, and over which of them a metric runs.</summary>
    public SegmentationClasses Classes => Train.Concat(Validation).Concat(Test).FirstOrDefault()?.Classes ?? SegmentationClasses.Binary;

    /// <summary>What it is, in a line.</summary>
    public override string ToString() => FormattableString.Invariant($"{Name}: {Counted.Of(Train.Count, "image")} to train on, {Validation.Count} to choose by, {Test.Count} to report on; {Counted.Of(Classes.Count, "class", "classes")}");

    /// <summary>SHA-256 over names, sizes, pixels and segmentations of all images in their order, in hexadecimal: equal for equal data, wherever it lies. What a network learns from.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var split in new[] { Train, Validation, Test })
        {
            hash.AppendData(BitConverter.GetBytes(split.Count));
            foreach (var image in split.Select(image => image.Whole))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{image.Name}\n{image.Case}\n{image.Channels}x{image.Height}x{image.Width}x{image.Graders.Count}\n"));
                hash.AppendData(MemoryMarshal.AsBytes(image.Pixels().AsSpan()));
                image.Grading.AppendTo(hash);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The same over the classes too that a metric runs over, where these are not all: a score over others is another score.</summary>
    internal string FingerprintAsJudged() => Classes.Evaluated.Count == Classes.Count
        ? Fingerprint()
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Fingerprint()} evaluated {string.Join(',', Classes.Evaluated.Order())}")));
}
