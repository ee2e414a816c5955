using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources.Synthetic;
using ProbUNet.Models.Tests.Data;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Evaluation;

public class EvaluatorTests
{
    private static readonly int[] Counts = [1, 4];

    private static readonly GradedData Streets = SyntheticStreets.Draw(32, 32, train: 24, validation: 0, test: 6);

    [Fact]
    public void AnEvaluation_TellsOfEachImage_AndEndsBetweenTwo()
    {
        using var model = new ProbUNet.Models.Tests.Training.TinyNet(seed: 3);
        using var stop = new CancellationTokenSource();
        var told = new List<int>();
        Assert.ThrowsAny<OperationCanceledException>(() => Evaluator.Evaluate(model, ToyData.Squares(5), [1], progress: new Each<int>(count =>
        {
            told.Add(count);
            if (count == 3)
                stop.Cancel();
        }), cancellation: stop.Token));
        Assert.Equal([1, 2, 3], told);
    }

    [Fact]
    public void WhatCannotBeJudged_IsBadInput_WhoeverIsAsked()
    {
        using var model = new ProbUNet.Models.Tests.Training.TinyNet(seed: 3);
        var images = ToyData.Squares(2);
        Segmentation[] Empty(GradedImage image, int count) => [.. Enumerable.Repeat(Segmentation.Binary(BitMask.Empty(image.Height, image.Width)), count)];
        static void Refused(string words, Action act) => Assert.Contains(words, Assert.Throws<InputException>(act).Message);
        foreach (var (words, judged, counts) in new (string, IReadOnlyList<GradedImage>, int[])[]
        {
            ("The images: there are none", [], [1]),
            ("The numbers of samples: there are none", images, []),
            ("The numbers of samples: 4, 0 cannot work", images, [4, 0]),
            ("The numbers of samples: 2147483647 cannot work", images, [int.MaxValue]),
            ("nobody: nobody has graded this image", [Images.Ungraded("nobody", 1, 8, 8)], [1]),
        })
        {
            Refused(words, () => Evaluator.Evaluate(model, judged, counts));
            Refused(words, () => Evaluator.Score(judged, counts, image => Empty(image, 4)));
            Refused(words, () => Evaluator.Score(judged, counts, image => new Prediction(new float[4 * 64], 4, 1, 8, 8)));
            Refused(words, () => Evaluator.ScoreAllEmpty(judged, counts));
        }
        Refused("The prediction for square0: its segmentations are 3, and the first 4 are judged", () => Evaluator.Score(images, [1, 4], image => Empty(image, 3)));
        Refused("a segmentation is 1x8x7 and the image's are 1x8x8", () => Evaluator.Score(images, [1], _ => [Segmentation.Binary(BitMask.Empty(8, 7))]));
        Refused("square0: a probability that the network gives is NaN", () => Evaluator.Score(images, [1], _ => new Prediction(Enumerable.Repeat(float.NaN, 64).ToArray(), 1, 1, 8, 8)));

        var result = Evaluator.ScoreAllEmpty(images, [1, 4]);
        Refused("GED² of 3 samples: it was not measured; use one of 1, 4, or evaluate", () => result.GedAt(3));
        Refused("The other result: it is of other images", () => EvaluationReport.Paired(result, Evaluator.ScoreAllEmpty(images, [1])));
    }

    [Fact]
    public void ANetworkOfSeveralClasses_LearnsStreets()
    {
        using var model = Network(classes: 13);
        var losses = new List<double>();
        var plan = new TrainingPlan { Steps = 60, BatchSize = 6, LearningRate = 1e-2, Seed = 1 };
        Trainer.Train(model, Streets.Train, plan, new() { Progress = new Each<TrainingStep>(step => losses.Add(step.Loss)) });
        Assert.True(losses[^10..].Average() < 0.8 * losses[..10].Average(), $"{losses[..10].Average()} → {losses[^10..].Average()}");
        Assert.All(Evaluator.Evaluate(model, Streets.Test, Counts).Images, score => Assert.InRange(score.EnergyDistances[1].CrossDistance, 0.1, 1));

        var prediction = Predictor.Predict(model, Streets.Test[0], count: 3);
        Assert.All(prediction.Samples, sample => Assert.Equal((13, 32, 32, 1024), (sample.Classes, sample.Height, sample.Width, sample.Labelled.Area)));
        Assert.All(prediction.StandardDeviation, deviation => Assert.InRange(deviation, 0, 0.5f));
    }

    [Fact]
    public void SamplesOfTheTruth_AreCloserToItThanTheAnnotationAlone()
    {
        // The modes themselves in proportion to their probabilities, against always the same one.
        var truth = Evaluator.Score(Streets.Test, [64], image =>
        {
            var random = RandomStream.For(9, RandomStream.Key(image.Name));
            return [.. Enumerable.Range(0, 64).Select(_ => image.Truth!.Draw(random))];
        });
        var original = Evaluator.Score(Streets.Test, [64], image => [.. Enumerable.Repeat(image.Truth!.Modes[0], 64)]);
        Assert.InRange(truth.GedAt(64), 0, 0.05);
        Assert.InRange(truth.MatchedIou, 0.85, 1);
        Assert.InRange(original.GedAt(64), 0.3, 1);
        Assert.InRange(original.MatchedIou, 0.3, 0.8);
    }

    [Fact]
    public void ABinaryImageWhoseGradersAreDrawnAnew_IsJudgedAgainstItsTruth()
    {
        var known = SyntheticLesions.Draw(32, 32, train: 0, validation: 0, test: 1).Test[0];
        var drawnAnew = new GradedImage(known.Name, known.Case, ImagePixels.FromValues(1, 32, 32, known.Pixels()), new Grading.DrawnAnew(known.Truth!));
        Assert.Equal(0, Evaluator.Score([drawnAnew], [1], image => [image.Truth!.Modes[1]]).Images[0].EnergyDistances[0].SampleDiversity);
        Assert.Null(Evaluator.Score([drawnAnew], [1], image => [image.Truth!.Modes[1]]).Images[0].Dice);   // which is a mean over graders
        Assert.Equal(64, new GradedData("one", [drawnAnew], [], []).Fingerprint().Length);
    }

    /// <summary>What a training tells of its samples is what an evaluation would, without the pixels that nobody judges.</summary>
    [Fact]
    public void TheDiversityOfAStep_IsThatOfAnEvaluation()
    {
        var image = Streets.Train.First(one => one.Truth!.Modes[0].Labels().Contains(Segmentation.Ignored));
        using var model = Interpreter.Create(new DropoutUNetSpec { Image = new(3, 32, 32), Classes = 13, UNet = new() { Channels = [4, 6], ConvsPerBlock = 1 }, Blocks = 2 }, 1).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        Diversity? told = null;
        Trainer.Train(model, [image], new TrainingPlan { Steps = 1, BatchSize = 1, DiversityEvery = 1 }, new() { Progress = new Each<TrainingStep>(step => told = step.Diversity) }, TestContext.Current.CancellationToken);
        var judged = Evaluator.Score([image], [4], one => Predictor.Predict(model, one, 4)).Images[0].EnergyDistances[0];
        Assert.Equal((judged.SampleDiversity, judged.GraderDiversity), (told!.Value.Samples, told.Value.Graders));
    }

    [Fact]
    public void WhatGradersIgnore_DoesNotCount()
    {
        var random = RandomStream.For(4);
        Segmentation Scribbled(GradedImage image)
        {
            var labels = image.Truth!.Modes[3].Labels();
            for (var i = 0; i < labels.Length; i++)
                if (labels[i] == Segmentation.Ignored)
                    labels[i] = (byte)random.NextInt32(13);
            return Segmentation.FromLabels(image.Height, image.Width, labels, 13);
        }
        Assert.Equal(
            Evaluator.Score(Streets.Test, [1], image => [image.Truth!.Modes[3]]).Images.SelectMany(score => score.EnergyDistances),
            Evaluator.Score(Streets.Test, [1], image => [Scribbled(image)]).Images.SelectMany(score => score.EnergyDistances));
    }

    [Property(MaxTest = 50)]
    public void TheScoreOfAnImage_IsTheDistanceToItsReference(int seed)
    {
        var random = RandomStream.For(seed);
        foreach (var classes in new[] { SegmentationClasses.Binary, new(["a", "b", "c"], evaluated: [1, 2]) })
        {
            Segmentation[] samples = Drawn(), graders = Drawn(), modes = Drawn();
            var truth = new ModeDistribution(modes, [.. Enumerable.Range(0, modes.Length).Select(mode => mode == 0 ? 1 - 0.2 * (modes.Length - 1) : 0.2)]);
            foreach (var grading in (Grading[])[new Grading.ByGraders(graders), new Grading.ByGraders(graders, truth), new Grading.DrawnAnew(truth)])
            {
                var image = Images.Black("image", 1, 4, 5, grading, classes);
                Assert.Equal(GeneralizedEnergyDistance.Between(samples, image.Reference, classes), Evaluator.Score([image], [samples.Length], _ => samples).Images[0].EnergyDistances[0]);
                Assert.Equal(grading is Grading.ByGraders, image.Reference.AreDraws);
            }

            Segmentation[] Drawn() => [.. Enumerable.Range(0, 1 + random.NextInt32(4)).Select(_ =>
            {
                var labels = LabelMaps.IgnoredAs(new byte[20], LabelMaps.Draw(random, 4, 5, 3));
                return classes.Count > 1 ? Segmentation.FromLabels(4, 5, labels, 3) : Segmentation.Binary(BitMask.From<byte>(4, 5, labels, label => label == 1));
            })];
        }
    }

    [Fact]
    public void WhereGradersAreFixed_TheyAreTheReference_AlthoughTheTruthIsKnown()
    {
        var image = SyntheticLesions.DrawImage(DataSplit.Test, 0, 32, 32);
        Assert.Equal(image.Graders, image.Reference.Modes);
        Assert.Equal([0.25, 0.25, 0.25, 0.25], image.Reference.Probabilities);
    }

    [Fact]
    public void ANetworkOfOtherClasses_IsRefused()
    {
        using var model = Network(classes: 12);
        Assert.StartsWith("The data: the masks have 13 classes and the network has 12 classes; take data with 12 classes, or declare the network with ModelSpec.Classes = 13.",
            Assert.Throws<InputException>(() => Evaluator.Evaluate(model, Streets.Test, Counts)).Message);
        Assert.StartsWith("square0: the masks have 1 class and the network has 12 classes; take data with 12 classes, or declare the network with ModelSpec.Classes = 1.",
            Assert.Throws<InputException>(() => Evaluator.Evaluate(model, ToyData.Squares(1), Counts)).Message);
    }

    [Fact]
    public void TheAllEmptyPredictor_IsScoredForSeveralClassesToo() => Assert.InRange(Evaluator.ScoreAllEmpty(Streets.Test, [1]).GedAt(1), 1, 2);

    private static ProbabilisticUNetModel Network(int classes) => Interpreter.Create(
        new ProbabilisticUNetSpec { Image = new(3, 32, 32), Classes = classes, UNet = new() { Channels = [8, 12, 16], ConvsPerBlock = 1 }, Latent = new(3) }, seed: 1)
        .Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
}
