using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using ProbUNet.Models.Data;
using ProbUNet.Models.Inspection;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using static TorchSharp.torch;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>Graded images, for F#.</summary>
public static class Data
{
    /// <summary>Opens <c>synthetic:lesions</c>, <c>synthetic:streets</c> or a folder at the size that the images have; or one sentence with the culprit and the remedy.</summary>
    public static FSharpResult<GradedData, string> openWhole(string source) => Results.Of(() => DataSource.Open(source));

    /// <summary>The same at the height and width that a network takes, cut out of the middle: height → width → source.</summary>
    public static FSharpFunc<int, FSharpFunc<string, FSharpResult<GradedData, string>>> openAt(int height) =>
        FuncConvert.FromFunc((int width, string source) => Results.Of(() => DataSource.Open(source, height, width)));

    /// <summary>
    /// Opens an image of one's own, which nobody has graded, for a network: path → model. A PNG of 8 or 16 bits a level, grey or colour as the network takes it, and of its height and width; or what does not
    /// fit. It is not resampled: a network knows the scale of the images that it was trained on.
    /// </summary>
    public static FSharpFunc<SegmentationModel, FSharpResult<GradedImage, string>> image(string path) => Opened(path, anySize: false);

    /// <summary>The same of another size than the network's, for <see cref="Model.predictInTiles"/> and <see cref="Model.predictionInTiles"/>: path → model.</summary>
    public static FSharpFunc<SegmentationModel, FSharpResult<GradedImage, string>> imageOfAnySize(string path) => Opened(path, anySize: true);

    /// <summary>The pixels of an image, [1, C, H, W] in [0, 1], as <see cref="Model.sample"/> takes them. The caller owns the tensor, which is on the CPU.</summary>
    public static Tensor tensor(GradedImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ImageTensors.Of(image, CPU);
    }

    /// <summary>What is in data, how far graders agree, what a network has to beat, and all that is wrong with them.</summary>
    public static FSharpResult<DataDescription, string> describe(string source) => Results.Of(() => DataDescriber.Describe(source));

    /// <summary>The images to fit weights on.</summary>
    public static FSharpList<GradedImage> train(GradedData data) => ListModule.OfSeq(data.Train);

    /// <summary>The images to choose settings by.</summary>
    public static FSharpList<GradedImage> validation(GradedData data) => ListModule.OfSeq(data.Validation);

    /// <summary>The images to look at once, at the end.</summary>
    public static FSharpList<GradedImage> test(GradedData data) => ListModule.OfSeq(data.Test);

    /// <summary>What every grader drew in an image; empty where graders are drawn anew from its truth.</summary>
    public static FSharpList<Segmentation> graders(GradedImage image) => ListModule.OfSeq(image.Graders);

    /// <summary>The distribution that graders draw from, where it is known.</summary>
    public static FSharpOption<ModeDistribution> truth(GradedImage image) => OptionModule.OfObj(image.Truth)!;

    /// <summary>SHA-256 over all images and segmentations, in hexadecimal.</summary>
    public static string fingerprint(GradedData data) => data.Fingerprint();

    private static FSharpFunc<SegmentationModel, FSharpResult<GradedImage, string>> Opened(string path, bool anySize) => FuncConvert.FromFunc((SegmentationModel model) => Results.Of(() =>
    {
        ArgumentNullException.ThrowIfNull(model);
        return ImageFile.Read(path, model.Living.Declaration, anySize: anySize);
    }));
}
