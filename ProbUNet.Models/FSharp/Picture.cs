using Microsoft.FSharp.Core;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Sources;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>Pictures of what networks say, for F#.</summary>
public static class Picture
{
    /// <summary>
    /// Draws an image, its graders, mean, entropy and standard deviation of the samples and every sample, and hands the prediction on: path (.png or .svg) →
    /// title → image → prediction (<see cref="Model.prediction"/> of that image); or why the file cannot be written.
    /// </summary>
    public static FSharpFunc<string, FSharpFunc<GradedImage, FSharpFunc<Prediction, FSharpResult<Prediction, string>>>> samples(string path) =>
        FuncConvert.FromFunc((string title, GradedImage image, Prediction prediction) => Results.After(prediction, drawn => SamplePicture.Write(path, image, drawn, title)));

    /// <summary>
    /// Keeps a segmentation [K, H, W] as a PNG of its size and hands it on: path (.png) → segmentation. 0 and 255 of one class, else the number of each pixel's class, and 255 where it is ignored; or why the file
    /// cannot be written.
    /// </summary>
    public static FSharpFunc<Segmentation, FSharpResult<Segmentation, string>> mask(string path) =>
        FuncConvert.FromFunc((Segmentation segmentation) => Results.After(segmentation, kept => ImageFile.Write(path, kept)));

    /// <summary>Keeps every sample of a prediction so, and hands the prediction on: folder → image, after which the files are called (<c>scan_s0.png</c>, <c>scan_s1.png</c> …) → prediction.</summary>
    public static FSharpFunc<GradedImage, FSharpFunc<Prediction, FSharpResult<Prediction, string>>> masks(string folder) =>
        FuncConvert.FromFunc((GradedImage image, Prediction prediction) => Results.After(prediction, kept =>
        {
            ArgumentNullException.ThrowIfNull(image);
            ArgumentNullException.ThrowIfNull(kept);
            ImageFile.WriteSamples(folder, image.Name, kept.Samples);
        }));
}
