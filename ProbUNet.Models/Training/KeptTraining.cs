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
    private string Timing => System.IO.Path.Combine(Path, "seconds.json");   // written last

    /// <summary>The trained network and the seconds that its training took. Whoever takes it disposes it.</summary>
    /// <param name="plan">How it is trained; asked where it is not begun yet.</param>
    /// <param name="train">Given the plan and what trains by it with something to report to: how a training is shown while it runs. Not called where there is nothing to train.</param>
    /// <param name="tell">Told of a checkpoint that cannot be used.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    public (SegmentationModel Model, double Seconds) Done(Func<TrainingPlan> plan, Action<TrainingPlan, Action<IProgress<TrainingStep>>> train, Action<string> tell, CancellationToken cancellation)
    {
        if (File.Exists(Timing))
            return (RunFolder.Open(Path).LoadModel(device: Device), JsonFile.Read<double>(Timing, PlanJson.Options, "time of a training", "remove it, and the network is trained anew"));
        var begun = RunFolder.Recognizes(Path) ? RunFolder.Open(Path) : null;
        var how = begun?.Plan ?? plan();
        SegmentationModel? model = null;
        try
        {
            var times = default(TrainingTimes);
            train(how, progress =>
            {
                model = Make(Spec, Seed, Device);
                var run = begun ?? RunFolder.Create(Path, model, how, Data);
                times = Trainer.Train(model, Data.Train, how, new() { Progress = progress, Run = run, Validation = Data.Validation, Tell = tell, Time = Time }, cancellation);
            });
            AtomicFile.Write(Timing, stream => System.Text.Json.JsonSerializer.Serialize(stream, times.RunSeconds, PlanJson.Options));
            return (model!, times.RunSeconds);
        }
        catch
        {
            model?.Dispose();
            throw;
        }
    }

    /// <summary>A network of a spec that is known to be valid.</summary>
    public static SegmentationModel Make(ModelSpec spec, long seed, Device device) =>
        Interpreter.Create(spec, seed, device).Match(model => model, errors => throw new InvalidOperationException($"A valid spec has errors: {errors}"));
}
