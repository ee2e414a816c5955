namespace ProbUNet.Models.Sources;

/// <summary>What may be wrong with data. Most are errors, with which nothing is trained; which are warnings is said of each.</summary>
public enum DataProblemKind
{
    /// <summary>A folder, archive or file is missing, or lies or is named so that nobody can tell what it belongs to.</summary>
    Layout,

    /// <summary>A file is empty, cut off, damaged, transparent, too large, no PNG, or may not be read.</summary>
    UnreadableFile,

    /// <summary>Masks have no image.</summary>
    MissingImage,

    /// <summary>An image has no masks, or a gap in their numbers.</summary>
    MissingGrader,

    /// <summary>A mask has levels that are neither background and foreground nor classes, or colours, or ignores other pixels than the other masks of its image.</summary>
    MaskLevels,

    /// <summary>A mask is not of its image's size.</summary>
    MaskSize,

    /// <summary>Some images are grey and some in colour.</summary>
    ImageChannels,

    /// <summary>Images have several sizes. It is a warning where a size may still be asked for.</summary>
    ImageSize,

    /// <summary>An image is smaller than what is to be cut out of it.</summary>
    TooSmall,

    /// <summary>A case (a patient) is in two splits: a network would be judged on what it has learnt by heart.</summary>
    CaseInTwoSplits,

    /// <summary>Files are of a format that is not read, NIfTI or DICOM. A warning.</summary>
    ForeignFormat,

    /// <summary>The same picture, pixel for pixel, is in two splits. A warning.</summary>
    SameImageInTwoSplits,

    /// <summary>An image has fewer graders than others have. A warning.</summary>
    FewerGraders,

    /// <summary>An image has one grader only: no ambiguity can be learnt from it. A warning.</summary>
    OneGrader,

    /// <summary>A case is in none of the splits that the description of the data lists. A warning.</summary>
    UnusedCase,
}

internal static class DataProblemKinds
{
    /// <summary>Whether data with such a problem are trained on.</summary>
    public static bool IsWarning(this DataProblemKind kind) => kind is DataProblemKind.ForeignFormat or DataProblemKind.SameImageInTwoSplits
        or DataProblemKind.FewerGraders or DataProblemKind.OneGrader or DataProblemKind.UnusedCase;
}

/// <summary>Something wrong with data, found without training.</summary>
/// <param name="Kind">What sort of thing it is.</param>
/// <param name="Input">The file or folder at fault.</param>
/// <param name="Problem">What is wrong with it, without a final stop.</param>
/// <param name="Remedy">What to do, in the imperative, without a final stop.</param>
public sealed record DataProblem(DataProblemKind Kind, string Input, string Problem, string Remedy)
{
    /// <summary>Whether training refuses the data for it.</summary>
    public bool IsError { get; init; } = !Kind.IsWarning();

    /// <summary>One sentence.</summary>
    public string Message => $"{Input}: {Problem}; {Remedy}.";

    internal static DataProblem Of(InputException error, DataProblemKind kind = DataProblemKind.UnreadableFile) => new(kind, error.Input, error.Problem, error.Remedy);

    /// <summary>The first error, with the number of other files that have one; nothing where there are warnings alone.</summary>
    internal static InputException? Refusal(IEnumerable<DataProblem> problems)
    {
        var errors = problems.Where(problem => problem.IsError).ToList();
        if (errors.Count == 0)
            return null;
        var others = errors.Select(problem => problem.Input).Distinct().Count() - 1;
        return new InputException(errors[0].Input, errors[0].Problem,
            others == 0 ? errors[0].Remedy : $"{errors[0].Remedy} ({others} more {(others == 1 ? "file" : "files")} cannot be used either)");
    }
}
