using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>One training of the many in a folder: what is done is not done again, and what was cut short goes on.</summary>
/// <param name="Path">Its run folder.</param>
/// <param name="Spec">What is trained; valid.</param>
/// <param name="Seed">Of its initial weights.</param>
/// <param name="Data">On whose images.</param>
/// <param name="Device">Where the network lives.</param>
/// <param name="Time">By what it is measured.</param>
internal sealed record KeptTraining(string Path, ModelSpec Spec, long Seed, GradedData Data, Device Device, TimeProvider Time)
{
    /// <summary>What earlier versions wrote last, whose runs may not tell themselves that they are done.</summary>
    private string Timing => System.IO.Path.Combine(Path, "seconds.json");

    /// <summary>The trained network, which whoever takes it disposes; the seconds that its training took, and its steps, which are those of the run and not of what is planned now.</summary>
    /// <param name="plan">How it is trained; asked where it is not begun yet.</param>
    /// <param name="train">Given the plan and what trains by it with something to report to: how a training is shown while it runs. Not called where there is nothing to train.</param>
    /// <param name="tell">Told of a checkpoint that cannot be used.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    public (SegmentationModel Model, double Seconds, int Steps) Done(Func<TrainingPlan> plan, Action<TrainingPlan, Action<IProgress<TrainingStep>>> train, Action<string> tell, CancellationToken cancellation)
    {
        var isTimed = File.Exists(Timing);
        var begun = isTimed || RunFolder.Recognizes(Path) ? RunFolder.Open(Path) : null;
        if (begun is not null && (isTimed || begun.IsDone))
            return (begun.LoadModel(device: Device), isTimed ? JsonFile.Read<double>(Timing, PlanJson.Options, "time of a training", "remove it, and the network is trained anew") : begun.Seconds, begun.Plan.Steps);
        var how = begun?.Plan ?? plan();
        SegmentationModel? model = null;
        try
        {
            train(how, progress =>
            {
                model = Make(Spec, Seed, Device);
                var training = begun is null ? RunTraining.Begin(Path, model, Data, how) : RunTraining.Of(begun, model, Data);
                training.Train(new() { Progress = progress, Tell = tell, Time = Time }, cancellation);
            });
            return (model!, RunFolder.Open(Path).Seconds, how.Steps);
        }
        catch
        {
            model?.Dispose();
            throw;
        }
    }

    /// <summary>How many steps it has come, as its metrics say: where it did not come to its end.</summary>
    public int StepsTaken => RunFolder.Recognizes(Path) && RunFolder.Open(Path).ReadSteps() is [.., var last] ? last.Step : 0;

    /// <summary>A network of a spec that is known to be valid.</summary>
    public static SegmentationModel Make(ModelSpec spec, long seed, Device device) =>
        Interpreter.Create(spec, seed, device).Match(model => model, errors => throw new InvalidOperationException($"A valid spec has errors: {errors}"));
}
