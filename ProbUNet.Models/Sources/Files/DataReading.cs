using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>What one pass over a data set found: all that can be read, and all that is wrong. To train is to refuse the second; to describe is to list it.</summary>
/// <param name="Name">What the data are called.</param>
/// <param name="Images">The images that can be used, in order.</param>
/// <param name="Problems">What is wrong, in the order of the images.</param>
internal sealed record DataReading(string Name, IReadOnlyList<(DataSplit Split, GradedImage Image)> Images, IReadOnlyList<DataProblem> Problems)
{
    /// <summary>What the description of the data says of their classes, where it does.</summary>
    public SegmentationClasses? Classes { get; init; }

    /// <summary>Data with which nothing is wrong.</summary>
    public static DataReading Of(GradedData data) => new(
        data.Name,
        [.. data.Train.Select(image => (DataSplit.Train, image)), .. data.Validation.Select(image => (DataSplit.Validation, image)), .. data.Test.Select(image => (DataSplit.Test, image))],
        [])
    { Classes = data.Classes };

    /// <summary>The images of a split.</summary>
    public GradedImage[] Of(DataSplit split) => [.. Images.Where(each => each.Split == split).Select(each => each.Image)];

    /// <summary>The data, if nothing is wrong with them.</summary>
    /// <exception cref="InputException">Names the first bad file, in the order of the images, and says how many more there are.</exception>
    public GradedData Data() => DataProblem.Refusal(Problems) is { } refusal
        ? throw refusal
        : new GradedData(Name, Of(DataSplit.Train), Of(DataSplit.Validation), Of(DataSplit.Test));
}
