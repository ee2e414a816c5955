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

    /// <summary>
    /// A grey image of a program's own making and what every grader outlined in it: name → patient → outlines, [H, W] each, one a grader, of which an
    /// empty one is an answer too → pixels, [H, W] in [0, 1]. Or what does not fit, and where.
    /// </summary>
    public static FSharpFunc<string, FSharpFunc<FSharpList<bool[,]>, FSharpFunc<float[,], FSharpResult<GradedImage, string>>>> ofOutlines(string name) =>
        FuncConvert.FromFunc((string patient, FSharpList<bool[,]> outlines, float[,] pixels) => Results.Of(() => OwnImages.Grey(name, patient, [.. outlines], pixels)));

    /// <summary>
    /// An image of several classes: classes, by <see cref="classes"/> → name → patient → labels, [H, W] each, one map a grader, classes from 0 or 255
    /// for a pixel that is ignored → pixels, [C, H, W] in [0, 1]. Or what does not fit, and where.
    /// </summary>
    public static FSharpFunc<string, FSharpFunc<string, FSharpFunc<FSharpList<byte[,]>, FSharpFunc<float[,,], FSharpResult<GradedImage, string>>>>> ofLabels(SegmentationClasses classes) =>
        FuncConvert.FromFunc((string name, string patient, FSharpList<byte[,]> labels, float[,,] pixels) => Results.Of(() => OwnImages.Labelled(classes, name, patient, [.. labels], pixels)));

    /// <summary>What the labels of a set mean, by their names in order, the background's too; all are scored. Or that there are not 2 to 255, or one without a name.</summary>
    public static FSharpResult<SegmentationClasses, string> classes(FSharpList<string> names) => Results.Of(() => OwnImages.Classes([.. names]));

    /// <summary>A data set of a program's own making: name → images to fit weights on → to choose settings by → to look at once. Or which patient is in two of them, which two images have one name, or which is not like the others.</summary>
    public static FSharpFunc<FSharpList<GradedImage>, FSharpFunc<FSharpList<GradedImage>, FSharpFunc<FSharpList<GradedImage>, FSharpResult<GradedData, string>>>> ofSplits(string name) =>
        FuncConvert.FromFunc((FSharpList<GradedImage> train, FSharpList<GradedImage> validation, FSharpList<GradedImage> test) =>
            Results.Of(() => OwnImages.Together(name, [.. train], [.. validation], [.. test])));

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
