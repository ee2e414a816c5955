using Microsoft.FSharp.Core;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;

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
}
