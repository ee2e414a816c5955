using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ProbUNet.Models.Terminal;
using ProbUNet.Models.Training;
using Spectre.Console;

namespace ProbUNet.Models.Tests.Terminal;

public class TrainingPanelTests
{
    [Fact]
    public void BeforeTheFirstStep_ThereIsAName() => Assert.Equal("NoduleNet  begins\n", Drawn(new TrainingOverview { Name = "NoduleNet" }));

    [Fact]
    public void AtTheStart() => Assert.Equal("""
        NoduleNet  step 1/700  ░░░░░░░░░░░░░░░░░░░░░░░░  0 %  1:09 left
        loss        1100 from 1100          ▁
        terms       cross-entropy 1092 + KL 0.0410 nats an image
        KL of z     ▂▂▁▁▁▁  2 of 6 active, the most 0.0200 nats
        optimiser   learning rate 9.99e-4, gradient norm 350.0
        speed       160.0 images/s, 2.0 % of the time waiting for images

        """, Drawn(Steps.Seen("NoduleNet", [Steps.Latent(1, 700)])));

    [Fact]
    public void InTheMiddle_OfANetworkWithALatent() => Assert.Equal("""
        NoduleNet  step 350/700  ████████████░░░░░░░░░░░░  50 %  0:35 left
        loss        106.0 from 383.1        █▄▃▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁
        terms       cross-entropy 98.05 + 0.5 x KL 11.59 nats an image
        KL of z     █▅▃▁▁▁  3 of 6 active, the most 6.62 nats
        optimiser   learning rate 7.5e-4, gradient norm 350.0
        validation  GED² 0.500 at step 300, best 0.400 at step 200
        diversity   samples 0.41, graders 0.45
        speed       160.0 images/s, 2.0 % of the time waiting for images

        """, Drawn(Steps.Seen("NoduleNet", Enumerable.Range(1, 350).Select(number => Steps.Latent(number, 700) with
    {
        Beta = 0.5,
        ValidationGed = number % 100 == 0 ? 0.4 + Math.Abs(number - 200) / 1000.0 : null,
        IsBest = number is 100 or 200,
        Diversity = number == 200 ? new Diversity(0.41, 0.45) : null,
    }))));

    [Fact]
    public void UnderGeco_TheCrossEntropyHasAWeight() => Assert.Contains("terms       3.5 x cross-entropy 292.0 + KL 0.2560 nats an image\n",
        Drawn(Steps.Seen("net", [Steps.Latent(9, 700) with { ReconstructionWeight = 3.5 } with { CrossEntropy = 292, KullbackLeibler = 0.256 }])));

    [Fact]
    public void OfANetworkWithoutLatent() => Assert.Equal("""
        small-deterministic  step 700/700  ████████████████████████  100 %  0:00 left
        loss        102.9 from 383.1        █▄▃▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
        terms       cross-entropy 94.94 nats an image
        optimiser   learning rate 5e-4, gradient norm 350.0
        speed       160.0 images/s, 2.0 % of the time waiting for images

        """, Drawn(Steps.Seen("small-deterministic", Enumerable.Range(1, 700).Select(number => Steps.Plain(number, 700)))));

    [Fact]
    public void OfAnEnsembleThatGoesOn() => Assert.Equal("""
        out/run [of four]  step 500/800  ███████████████░░░░░░░░░  62 %  0:30 left
        loss        104.2 from 104.9                            █▆▄▃▁
        terms       cross-entropy 96.15 nats an image
        optimiser   learning rate 6.88e-4, gradient norm 350.0
        validation  GED² 0.500 at step 500, an earlier part of the run had a better one
        speed       640.0 images/s, 30.0 % of the time waiting for images

        """, Drawn(Steps.Seen("out/run [of four]", Enumerable.Range(401, 100).Select(number => Steps.Plain(number, 800) with
    {
        Times = new StepTimes(64, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.03)),
        ValidationGed = number == 500 ? 0.5 : null,
    }))));

    [Fact]
    public void WithWarnings_WhatHasNoRoomIsCut()
    {
        var one = Steps.Seen("net", [Steps.Latent(1, 7) with { Warning = Long }]);
        Assert.EndsWith("""
        warning: the prior is far from the posterior, so that samples may be unlike any
        grader's mask: the KL over the last 100 steps is 61.2 nats, where 1.4 would tell
        all answers to an image apart; GECO has raised the weight of the cross-entropy
        to 12.345: raise TrainingPlan.Geco.Target = 0.05, and look at what comes of ...

        """, Drawn(one));
        Assert.False(new TrainingPanel(one).TellsAll(80));
        var two = Steps.Seen("net", [Steps.Latent(1, 7) with { Warning = Long }, Steps.Latent(2, 7) with { Warning = "short" }]);
        Assert.EndsWith("""
        warning: the prior is far from the posterior, so that samples may be unlike any
        grader's mask: the KL over the last 100 steps is 61.2 nats, where 1.4 would ...
        warning: short

        """, Drawn(two));
        Assert.True(new TrainingPanel(Steps.Seen("net", [Steps.Latent(1, 7) with { Warning = "short" }])).TellsAll(80));
    }

    [Fact]
    public void WithoutUnicode_BarsAreOfAscii()
    {
        var drawn = Drawn(Steps.Seen("net", Enumerable.Range(1, 350).Select(number => Steps.Latent(number, 700))), unicode: false);
        Assert.All(drawn, letter => Assert.InRange(letter, '\n', '~'));
        Assert.Contains("  ############------------  50 %", drawn);
        Assert.Contains("KL of z     #=-___  3 of 6 active", drawn);
    }

    [Fact]
    public void WithColours_TheWordsAreTheSame()
    {
        var seen = Steps.Seen("net", [Steps.Latent(350, 700) with { Warning = Long }]);
        var coloured = Drawn(seen, colours: true);
        Assert.Contains("\u001b[", coloured);
        Assert.Equal(Drawn(seen), System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9;]*m", ""));
    }

    [Property]
    public Property AnyTraining_HasAtMostTwelveLines_Of80Letters() => Prop.ForAll(AnyStep.ListOf().Where(steps => steps.Count > 0).ToArbitrary(), steps =>
    {
        var lines = Drawn(Steps.Seen("a/network/whose/name/is/a/path/of/some/length/small-ensemble", steps.Select((step, i) => step with { Step = i + 1, Steps = steps.Count + 3 }))).TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, 1, 12);   // four of a network without a latent that nothing is known of yet
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    });

    [Property]
    public Property AnyTraining_IsDrawn_HoweverNarrowTheTerminal() => Prop.ForAll(AnyStep.ToArbitrary(), Gen.Choose(1, 300).ToArbitrary(), (step, width) =>
        Assert.All(Drawn(Steps.Seen("net", [step]), width: width).Split('\n'), line => Assert.InRange(line.Length, 0, width)));

    [Property]
    public Property ACurve_HasTheMeanLossOfEachFortiethOfTheRun() => Prop.ForAll(
        (from steps in Gen.Choose(1, 300) from first in Gen.Choose(1, steps) from last in Gen.Choose(first, steps) select (steps, first, last)).ToArbitrary(), run =>
        {
            var steps = Enumerable.Range(run.first, run.last - run.first + 1).Select(number => Steps.Plain(number, run.steps)).ToList();
            var expected = Enumerable.Range(0, TrainingOverview.Points).Select(point =>
                steps.Where(step => (step.Step - 1) * TrainingOverview.Points / run.steps == point).Select(step => step.Loss).DefaultIfEmpty(double.NaN).Average());
            Assert.Equal(expected, Steps.Seen("net", steps).Curve, (one, other) => one.Equals(other) || Math.Abs(one - other) < 1e-9 * one);
        });

    [Fact]
    public void TheTimeLeft_IsThatOfTheStepsThatWereSeen()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), Steps.Seen("net", Enumerable.Range(1, 100).Select(number => Steps.Plain(number, 700))).Left);
        Assert.Equal(TimeSpan.FromSeconds(20), Steps.Seen("net", Enumerable.Range(401, 100).Select(number => Steps.Plain(number, 700))).Left);
    }

    private const string Long = "the prior is far from the posterior, so that samples may be unlike any grader's mask: the KL over the last 100 steps is 61.2 nats, where 1.4 would tell all answers to an image apart; "
        + "GECO has raised the weight of the cross-entropy to 12.345: raise TrainingPlan.Geco.Target = 0.05, and look at what comes of it before you train for as long again as you have done here";

    private static Gen<TrainingStep> AnyStep =>
        from size in Gen.Choose(-6, 7)
        from dimensions in Gen.Elements(0, 1, 6, 32, 100)
        from weights in Gen.Elements(0, 1, 0.123456, 1e9)
        from ged in Gen.Elements<double?>(null, 0, 1.23456, 2)
        from warning in Gen.Elements<string?>(null, null, null, "short", Long)
        from seconds in Gen.Elements(0, 1e-3, 2e5)
        select new TrainingStep(1, 1, Math.Pow(10, size), 1, 1, Math.Pow(10, size - 4))
        {
            KullbackLeiblerPerDimension = dimensions == 0 ? null : [.. Enumerable.Repeat(Math.Pow(10, size), 100)],
            Beta = weights,
            ReconstructionWeight = weights,
            GradientNorm = Math.Pow(10, size),
            ValidationGed = ged,
            IsBest = ged is not null,
            Diversity = ged is null ? null : new Diversity(0.5, 1),
            Warning = warning,
            Times = new StepTimes(1, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds)),
        };

    private static string Drawn(TrainingOverview seen, bool unicode = true, bool colours = false, int width = 80)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = unicode;
        console.Write(new TrainingPanel(seen));
        return string.Concat(writer.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd() + "\n"));
    }
}
