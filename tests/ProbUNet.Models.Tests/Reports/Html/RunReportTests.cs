using System.Text.Json.Nodes;
using ProbUNet.Dsl;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Reports;
using ProbUNet.Models.Reports.Html;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Tests.Training;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Reports.Html;

/// <summary>A report is one document with nothing outside of it, its numbers are those of the evaluation, and no name breaks it.</summary>
public class RunReportTests
{
    private static readonly DateTimeOffset Date = new(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(1));
    private static readonly ReportSettings Settings = new() { Counts = [1, 4, 2], Cases = 2, Seed = 5, Date = Date, Machine = $"machine {Documents.Nasty}" };

    /// <summary>Data whose every name is nasty.</summary>
    private static readonly GradedData Data = new($"data {Documents.Nasty}", Named(ToyData.Squares(6)), Named(ToyData.Squares(2)), Named(ToyData.Squares(6)));

    [Fact]
    public void AReport_IsOneWellFormedDocument_WhateverNamesSay()
    {
        using var folder = new TemporaryFolder();
        var root = Documents.Checked(Write(folder, Trained(folder, new TinyNet(seed: 3))));
        Assert.Equal(["ged", "cases", "reliability", "training", "dimensions", "latent", "network", "provenance"], root.Parts());
        Assert.Contains(root.Descendants("h1"), heading => heading.Value.Contains(Documents.Nasty.Split('/')[^1], StringComparison.Ordinal));
        Assert.All(root.Descendants("article"), article => Assert.EndsWith(Documents.Nasty, article.Element("h3")!.Value));
        Assert.Equal(["Worst 1 of 6", "Worst 2 of 6", "Median", "Best"], root.Descendants("article").Select(article => article.Element("h3")!.Value.Split(':')[0]));
        // Image, four graders, three maps, and every sample.
        Assert.All(root.Descendants("article"), article => Assert.Equal(1 + 4 + 3 + 4, article.Descendants("figure").Count()));
        Assert.Contains("2026-02-03 04:05 +01:00", root.Descendants("time").Single().Value, StringComparison.Ordinal);
        Assert.Contains(root.Descendants("dd"), fact => fact.Value == $"machine {Documents.Nasty}");
    }

    [Fact]
    public void ItsNumbers_AreThoseOfTheEvaluation()
    {
        using var folder = new TemporaryFolder();
        var run = Trained(folder, new TinyNet(seed: 3));
        var root = Documents.Checked(Write(folder, run));
        using var model = run.LoadModel();
        var result = Evaluator.Evaluate(model, Data.Test, Settings.Counts, Settings.Seed);
        var empty = Evaluator.ScoreAllEmpty(Data.Test, [1]).GedAt(1);
        var measures = EvaluationReport.ToNode(result, allEmpty: empty);
        var seen = 0;
        foreach (var (key, value) in measures.Where(measure => measure.Value is JsonObject))
        {
            Assert.Equal([(double)value!["mean"]!, (double)value["low"]!, (double)value["high"]!, (int)value["images"]!], root.Numbers($"measure-{key}"));
            seen++;
        }
        Assert.True(seen >= 15);
        Assert.Equal((double)measures["calibrationError"]!, root.Numbers("measure-calibrationError")[0]);
        Assert.Equal(empty, root.Numbers("measure-gedAllEmpty")[0]);
        // The sentence on top has those of the most samples.
        var said = root.Element("body")!.Element("header")!.Descendants("data").Select(number => double.Parse((string)number.Attribute("value")!, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal([result.GedAt(4), (double)measures["ged4"]!["low"]!, (double)measures["ged4"]!["high"]!, empty], said, (a, b) => Math.Abs(a - b) < 1e-12);
        // And cases stand by that distance, the worst first.
        var distances = root.Descendants("article").Select(article => double.Parse((string)article.Element("p")!.Element("data")!.Attribute("value")!, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(result.Images.Max(image => image.EnergyDistances[1].Squared), distances[0]);
        Assert.Equal(result.Images.Min(image => image.EnergyDistances[1].Squared), distances[^1]);
        Assert.Equal(distances.OrderDescending(), distances);
    }

    [Fact]
    public void TheSameRun_GivesTheSameBytes_AndTheDateIsAllThatDiffers()
    {
        using var folder = new TemporaryFolder();
        var run = Trained(folder, new TinyNet(seed: 3));
        var first = Write(folder, run);
        Assert.Equal(first, Write(folder, run));
        var later = Write(folder, run, Settings with { Date = Date.AddMinutes(1) });
        Assert.DoesNotContain("Made on ", Write(folder, run, Settings with { Date = null }), StringComparison.Ordinal);   // nobody looks at a clock
        Assert.NotEqual(first, later);
        Assert.Equal(first, later.Replace("04:06", "04:05", StringComparison.Ordinal));
        Assert.NotEqual(first, Write(folder, run, Settings with { Seed = 6 }));
    }

    [Fact]
    public void ANetworkWithoutALatent_HasNoPartsOfOne_AndImportedWeightsNoTraining()
    {
        using var folder = new TemporaryFolder();
        var dropout = Interpreter.Create(TinyNet.Spec.As<DropoutUNetSpec>().WithBlocks(1), 1).Match(made => made, errors => throw new InvalidOperationException($"{errors}"));
        Assert.Equal(["ged", "cases", "reliability", "training", "network", "provenance"], Documents.Checked(Write(folder, Trained(folder, dropout))).Parts());
        using var model = new TinyNet();
        var imported = Documents.Checked(Write(folder, RunFolder.Import(folder["imported"], model, "weights.pth")));
        Assert.Equal(["ged", "cases", "reliability", "latent", "network", "provenance"], imported.Parts());
        Assert.DoesNotContain(imported.Descendants("pre"), text => text.Value.Contains("probunet train", StringComparison.Ordinal));
    }

    [Fact]
    public void StepsOfARun_AreReadAsTheyWereTold()
    {
        using var folder = new TemporaryFolder();
        var told = new List<TrainingStep>();
        var run = Trained(folder, new TinyNet(seed: 3), told.Add);
        var read = run.ReadSteps();
        Assert.Equal(told.Select(step => step with { Times = default, KullbackLeiblerPerDimension = null }), read.Select(step => step with { KullbackLeiblerPerDimension = null }));
        Assert.Equal(told.SelectMany(step => step.KullbackLeiblerPerDimension!), read.SelectMany(step => step.KullbackLeiblerPerDimension!));
        Assert.Contains(read, step => step.ValidationGed is not null && step.Diversity is not null);
        File.AppendAllText(run.MetricsFile, "{\"step\":9,\"lo");   // a training that is under way
        Assert.Equal(read.Count, run.ReadSteps().Count);
        File.AppendAllText(run.MetricsFile, "ss\n");
        Assert.Contains($"its line {read.Count + 1} is not of a step", Assert.Throws<InputException>(() => run.ReadSteps()).Message);
    }

    [Fact]
    public void SettingsThatCannotWork_AndDataWithoutATest_AreRefused_AndNothingIsWritten()
    {
        using var folder = new TemporaryFolder();
        var run = Trained(folder, new TinyNet(seed: 3));
        Assert.Contains("ReportSettings.Counts", Assert.Throws<InputException>(() => Write(folder, run, Settings with { Counts = [] })).Message);
        Assert.Contains("ReportSettings.Cases", Assert.Throws<InputException>(() => Write(folder, run, Settings with { Cases = -1 })).Message);
        Assert.Contains("no checkpoint of step 77", Assert.Throws<InputException>(() => Write(folder, run, Settings with { Step = 77 })).Message);
        Assert.Contains("it has no test images", Assert.Throws<InputException>(() => RunReport.Write(folder["report.html"], run, Data with { Test = [] }, Settings)).Message);
        Assert.False(File.Exists(folder["report.html"]));
    }

    [Fact]
    public void AComparison_HasEverySystemBesideTheOthers_WithTheNumbersOfItsResult()
    {
        using var folder = new TemporaryFolder();
        var comparer = new Comparer(folder["compared"], Data, TinyNet.Spec, new() { Steps = 2, Counts = [1, 2], Training = new() { BatchSize = 2 }, Seeds = [1, 2] });
        var result = comparer.Run((_, train) => train(new Each<TrainingStep>(_ => { })), _ => { });
        string Page(DateTimeOffset date)
        {
            ComparisonReport.WriteHtml(folder["page.html"], comparer, result, 2, date, Documents.Nasty);
            return File.ReadAllText(folder["page.html"]);
        }
        var root = Documents.Checked(Page(Date));
        Assert.Equal(Page(Date), Page(Date.AddMinutes(1)).Replace("04:06", "04:05", StringComparison.Ordinal));
        Assert.Equal(["figure4", "terms", "cases", "training", "provenance"], root.Parts());
        foreach (var system in result.Systems)
        {
            double[] Of(ConfidenceInterval interval) => [interval.Mean, interval.Lower!.Value, interval.Upper!.Value];
            var paper = PaperFigure4.Of(system.Key, binary: true, count: 1)!.Value;
            Assert.Equal([.. Of(system.Ged["1"]), paper, .. Of(system.Ged["2"]), .. Of(system.MatchedIou)], root.Numbers($"system-{system.Key}").SkipLast(1));
        }
        Assert.Equal(result.AllEmpty.Values, root.Numbers("system-empty"));
        // Image, four graders, and two samples of five systems.
        Assert.Equal([15, 15], root.Descendants("article").Select(article => article.Descendants("figure").Count()));
        Assert.Contains(root.Descendants("dd"), fact => fact.Value == Documents.Nasty);
    }

    [Theory]
    [InlineData(9, 2, "0 1 4 8")]
    [InlineData(3, 6, "0 1 2")]
    [InlineData(4, 3, "0 1 2 3")]
    [InlineData(1, 0, "0")]
    public void EachCase_IsShownOnce(int images, int worst, string expected)
    {
        var all = Enumerable.Range(0, images).Select(i => new ImageScore($"{i}", $"{i}", [new EnergyDistance((images - i) / 10.0, 0, 0)], 0)).ToList();
        Assert.Equal(expected, string.Join(' ', ReportedCase.Choose(new EvaluationResult([4], all), worst).Select(each => each.Place)));
    }

    private static string Write(TemporaryFolder folder, RunFolder run, ReportSettings? settings = null)
    {
        RunReport.Write(folder["report.html"], run, Data, settings ?? Settings);
        return File.ReadAllText(folder["report.html"]);
    }

    private static RunFolder Trained(TemporaryFolder folder, SegmentationModel model, Action<TrainingStep>? told = null)
    {
        using var _ = model;
        var plan = new TrainingPlan { Steps = 4, BatchSize = 2, ValidateEvery = 2, DiversityEvery = 2 };
        var run = RunFolder.Create(folder["run & <b>"], model, plan, Data);
        Trainer.Train(model, Data.Train, plan, new() { Run = run, Validation = Data.Validation, Progress = new Each<TrainingStep>(told ?? (_ => { })) });
        return RunFolder.Open(run.Path);
    }

    private static IReadOnlyList<GradedImage> Named(IReadOnlyList<GradedImage> images) =>
        [.. images.Select(image => new GradedImage($"{image.Name}{Documents.Nasty}", $"{image.Case}{Documents.Nasty}", ImagePixels.FromValues(1, image.Height, image.Width, image.Pixels()), image.Grading))];
}
