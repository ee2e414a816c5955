using System.Globalization;
using Google.Protobuf;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using Tensorboard;

namespace ProbUNet.Models.Telemetry;

/// <summary>
/// What TensorBoard shows of a training: all numbers of every step, and pictures of a few validation images with their graders and samples at every validation. It has no say in
/// the training's numbers. A training that goes on has a new file, from whose first step on TensorBoard forgets what the one before wrote.
/// </summary>
public sealed class TensorBoardLog : IProgress<TrainingStep>, IDisposable
{
    /// <summary>The folder within a run folder.</summary>
    public const string FolderName = "tensorboard";

    private const int Pictures = 4, SamplesOfPicture = 4, GradersOfPicture = 4;

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly List<GradedImage> _shown;
    private EventFile? _file;

    /// <summary>Nothing is written before the first step.</summary>
    /// <param name="folder">For <c>tensorboard --logdir</c>; made if there is none.</param>
    /// <param name="validation">Images of the network's size; four of them, spread over all, are drawn, always the same. None are if left out.</param>
    /// <param name="time">By what events are dated; the system's clock if left out.</param>
    public TensorBoardLog(string folder, IReadOnlyList<GradedImage>? validation = null, TimeProvider? time = null)
    {
        (_folder, _time) = (folder, time ?? TimeProvider.System);
        _shown = validation is null ? [] : [.. Trainer.Spread(validation.Count, Pictures).Select(place => validation[place])];
    }

    /// <summary>A context that tells this log too, beside those that it tells already.</summary>
    public TrainingContext Watching(TrainingContext context) => context with
    {
        Progress = new Both(context.Progress, this),
        Validated = context.Validated + Show,
    };

    /// <summary>Writes the numbers of a step.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Report(TrainingStep value)
    {
        var summary = new Summary();
        foreach (var (tag, number) in ScalarsOf(value))
            summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)number });
        FileFrom(value.Step).Write(new Event { WallTime = Now, Step = value.Step, Summary = summary });
    }

    /// <summary>Draws what a network says of the validation images.</summary>
    /// <param name="model">Ready to be asked; stays as it is.</param>
    /// <param name="step">After which.</param>
    /// <exception cref="InputException">The file cannot be written, or the images are not of the network's size.</exception>
    public void Show(SegmentationModel model, TrainingStep step)
    {
        if (_shown.Count == 0)
            return;
        var rows = _shown.ConvertAll(image =>
        {
            // The same noise every time: what changes from picture to picture is the network.
            var prediction = Predictor.Predict(model, image, SamplesOfPicture);
            var ged = Evaluator.DistanceOf(image, prediction).Squared;
            return new SampleSheetRow(image, prediction.Samples, prediction.StandardDeviation, string.Create(CultureInfo.InvariantCulture, $"{image.Name}   GED² {ged:F2} (n={SamplesOfPicture})"));
        });
        var title = string.Create(CultureInfo.InvariantCulture, $"step {step.Step} of {step.Steps}{(step.ValidationGed is { } all ? $"   GED² {all:F3} on validation{(step.IsBest ? ", the best so far" : "")}" : "")}");
        var (png, width, height) = SampleSheet.Encode(rows, title, SamplesOfPicture, GradersOfPicture);
        var picture = new Summary.Types.Image { Width = width, Height = height, Colorspace = 4, EncodedImageString = ByteString.CopyFrom(png) };
        FileFrom(step.Step).Write(new Event { WallTime = Now, Step = step.Step, Summary = new Summary { Value = { new Summary.Types.Value { Tag = "samples", Image = picture } } } });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    /// <summary>The numbers of a step, by tag: loss and its terms in nats an image, KL of each dimension of the latent, weights, optimiser, validation, diversity, speed.</summary>
    internal static IEnumerable<(string Tag, double Value)> ScalarsOf(TrainingStep step)
    {
        yield return ("loss/total", step.Loss);
        yield return ("loss/cross-entropy", step.CrossEntropy);
        if (step.KullbackLeiblerPerDimension is { } dimensions)
        {
            yield return ("loss/kl", step.KullbackLeibler);
            yield return ("loss/beta", step.Beta);
            yield return ("loss/reconstruction-weight", step.ReconstructionWeight);
            yield return ("latent/active-dimensions", step.ActiveDimensions);
            for (var dimension = 0; dimension < dimensions.Count; dimension++)
                yield return (string.Create(CultureInfo.InvariantCulture, $"latent/kl-{dimension}"), dimensions[dimension]);
        }
        yield return ("optimizer/learning-rate", step.LearningRate);
        yield return ("optimizer/gradient-norm", step.GradientNorm);
        if (step.ValidationGed is { } ged)
            yield return ("validation/ged", ged);
        if (step.Diversity is { } diversity)
        {
            yield return ("diversity/samples", diversity.Samples);
            yield return ("diversity/graders", diversity.Graders);
        }
        if (step.Times.Taken.TotalSeconds is var seconds and > 0)
        {
            yield return ("speed/images-per-second", step.Times.Images / seconds);
            yield return ("speed/waiting-share", Math.Clamp(step.Times.Waited.TotalSeconds / seconds, 0, 1));
        }
    }

    private double Now => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>The file. A new one has TensorBoard forget what an earlier part of the training wrote of this step and those after it: they are taken again.</summary>
    private EventFile FileFrom(int step)
    {
        if (_file is not null)
            return _file;
        _file = new EventFile(_folder, Now);
        _file.Write(new Event { WallTime = Now, Step = step, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
        return _file;
    }

    private sealed class Both(IProgress<TrainingStep>? one, IProgress<TrainingStep> other) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value)
        {
            one?.Report(value);
            other.Report(value);
        }
    }
}
