using System.Text;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

/// <summary>What is written down of a step has names that no property of a class decides, and is read in every form that it ever had.</summary>
public class MetricsLogTests
{
    private static readonly TrainingStep Plain = new(1, 9, 2.5, 2.25, 0, 1e-3) { GradientNorm = 0.1, Beta = 1, ReconstructionWeight = 1, Times = new(8, TimeSpan.FromSeconds(1), TimeSpan.Zero) };

    /// <summary>Each step with its line, as versions wrote it that did so by hand.</summary>
    private static readonly (TrainingStep Step, string Line)[] Known =
    [
        (Plain, """{"step":1,"loss":2.5,"crossEntropy":2.25,"kl":0,"learningRate":0.001,"gradientNorm":0.1}"""),
        (Plain with { Step = 2, KullbackLeibler = 0.26, KullbackLeiblerPerDimension = [0.25, 0.001], Diversity = new(0.125, 0.5) },
            """{"step":2,"loss":2.5,"crossEntropy":2.25,"kl":0.26,"learningRate":0.001,"gradientNorm":0.1,"beta":1,"reconstructionWeight":1,"activeDimensions":1,"klPerDimension":[0.25,0.001],"sampleDiversity":0.125,"graderDiversity":0.5}"""),
        (Plain with { Step = 3, Loss = 1e-7, ValidationGed = 0.75, IsBest = true, Warning = "raise \"Beta\": GED² & more" },
            """{"step":3,"loss":1E-07,"crossEntropy":2.25,"kl":0,"learningRate":0.001,"gradientNorm":0.1,"validationGed":0.75,"isBest":true,"warning":"raise \"Beta\": GED² & more"}"""),
        (Plain with { Step = 4, ValidationGed = 0.8 }, """{"step":4,"loss":2.5,"crossEntropy":2.25,"kl":0,"learningRate":0.001,"gradientNorm":0.1,"validationGed":0.8,"isBest":false}"""),
    ];

    [Fact]
    public void ALine_HasTheBytesThatItAlwaysHad_AndSaysTheStep()
    {
        using var folder = new TemporaryFolder();
        using (var log = new MetricsLog(folder["metrics.jsonl"], 0))
            foreach (var (step, _) in Known)
                log.Append(step);
        Assert.Equal(string.Concat(Known.Select(known => known.Line + "\n")), File.ReadAllText(folder["metrics.jsonl"]));
        var read = MetricsLog.Read(folder["metrics.jsonl"], 9);
        Assert.Equal(Known.Select(known => known.Line), read.Select(step => Encoding.UTF8.GetString(MetricsLine.Of(step).Write())));
        Assert.All(read, step => Assert.Equal(9, step.Steps));
    }

    [Fact]
    public void TheFirstLogs_HadNoGradientNorm_AndAreRead() =>
        Assert.Equal(0, MetricsLine.Read("""{"step":1,"loss":2.5,"crossEntropy":2.25,"kl":0,"learningRate":0.001}""")!.In(9).GradientNorm);
}
