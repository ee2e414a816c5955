using ProbUNet.Dsl;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Terminal;
using ProbUNet.Models.Training;

// Lesions whose four graders disagree in a known way. Your own scans: DataSource.Open("path/to/scans", 64, 64).
var data = DataSource.Open("synthetic:lesions", height: 64, width: 64);

using var net = new NoduleNet(seed: 1);
var plan = new TrainingPlan { Steps = 42424, BatchSize = 16, LearningRate = 1e-3 };
TrainingView.Show("NoduleNet", progress => Trainer.Train(net, data.Train, plan, new() { Progress = progress, Validation = data.Validation }));

// The distance of samples to what the graders drew, on unseen images: 0 is perfect.
var result = Evaluator.Evaluate(net, data.Test, [1, 4, 8, 16]);
Console.WriteLine($"GED² {result.GedAt(16):F3} with n = 16, {Evaluator.ScoreAllEmpty(data.Test, [16]).GedAt(16):F3} of a predictor that sees nothing");

SamplePicture.Write("samples.png", data.Test[0], Predictor.Predict(net, data.Test[0], count: 16), "NoduleNet: an unseen image");
Console.WriteLine("Look at samples.png.");

// The compiler writes the network. Try Height = 60, and read the error.
[ProbabilisticUNet(Height = 64, Width = 64)]
[UNet(Channels = [16, 32, 48], ConvsPerBlock = 2)]
[Latent(6)]
public sealed partial class NoduleNet;
