using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

/// <summary>A training that goes wrong says so, with the setting to change; a healthy one says nothing.</summary>
public class TrainingHealthTests
{
    [Fact]
    public void AnIgnoredLatent_IsToldOnce_WithTheCause()
    {
        var plan = new TrainingPlan { Steps = 1000, Beta = 50 };
        var told = Tell(plan, 400, nats: 0);
        var (step, warning) = Assert.Single(told);
        Assert.Equal(200, step);   // twice the window of a hundred
        Assert.Contains("the latent is ignored: the KL over the last 100 steps is 0 nats in all 3 dimensions; Beta = 50", warning);
        Assert.Contains("BetaWarmup", Assert.Single(Tell(plan with { Beta = 1 }, 400, nats: 0)).Warning);
    }

    [Fact]
    public void AUsedLatent_AndOneWhoseBetaStillRises_AreNotToldOf()
    {
        Assert.Empty(Tell(new TrainingPlan(), 1000, nats: 0.1));
        Assert.Empty(Tell(new TrainingPlan { BetaWarmup = 900 }, 999, nats: 0));
        Assert.Single(Tell(new TrainingPlan { BetaWarmup = 900 }, 1100, nats: 0));
    }

    [Theory]
    [InlineData(5, 8, "0,1,2,3,4")]
    [InlineData(8, 8, "0,1,2,3,4,5,6,7")]
    [InlineData(1000, 4, "0,250,500,750")]
    public void TheImagesThatAreLookedAt_AreSpreadOverTheSet_EachOnce(int length, int most, string expected) => Assert.Equal(expected, string.Join(',', Trainer.Spread(length, most)));

    [Fact]
    public void AShortTraining_IsWarnedOfToo() => Assert.Single(Tell(new TrainingPlan { Steps = 60 }, 60, nats: 0));

    [Fact]
    public void UnderGeco_ItIsTheTargetThatIsToBlame()
    {
        var health = new TrainingHealth(new TrainingPlan { Steps = 1000, Geco = new GecoPlan(Target: 0.3) }, pixels: 64, answers: 4);
        var told = Enumerable.Range(1, 300).Select(step => health.Notice(new TrainingStep(step, 1000, 20, 5, 0, 1e-3) { KullbackLeiblerPerDimension = [0, 0], ReconstructionWeight = 0.01 })).OfType<string>();
        Assert.Contains("lower TrainingPlan.Geco.Target = 0.3", Assert.Single(told));
    }

    [Fact]
    public void TheReferencesLoss_AndGeco_AreForNetworksThatHaveTheirTerms()
    {
        using var plain = ProbUNet.Models.Runtime.Interpreter.Create((ProbUNet.Dsl.ModelSpec)new ProbUNet.Dsl.UNetEnsembleSpec { Image = new(1, 8, 8), UNet = new() { Channels = [2] } })
            .Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        Assert.Contains("this is a UNetEnsemble; use Paper", Assert.Throws<InputException>(() => Trainer.Check(plain, ToyData.Squares(1), new TrainingPlan { Objective = Objective.Reference })).Message);
        foreach (var (setting, plan) in new[] { ("Geco", new TrainingPlan { Geco = new GecoPlan() }), ("Beta", new TrainingPlan { Beta = 0 }), ("BetaWarmup", new TrainingPlan { BetaWarmup = 5 }) })
        {
            Assert.Equal($"TrainingPlan.{setting}: it weighs a KL term, and a UNetEnsemble has none; leave it out.", Assert.Throws<InputException>(() => Trainer.Check(plain, ToyData.Squares(1), plan)).Message);
            Assert.Equal(setting == "Geco" ? plan : new TrainingPlan(), plan.For(plain.Declaration));
            Assert.Same(plan, plan.For(new ProbUNet.Dsl.ImageToImageVaeSpec()));
        }
    }

    [Fact]
    public void AWarmUpThatOutlastsTheTraining_IsToldAtItsFirstStep_WithAllElseThatIsForeseen()
    {
        static string? Told(TrainingPlan plan, bool ambiguous = true) => new TrainingHealth(plan, pixels: 64, answers: 4, ambiguous).Notice(new TrainingStep(1, plan.Steps, 20, 5, 0, 1e-3) { KullbackLeiblerPerDimension = [1, 1] });
        Assert.Null(Told(new() { Steps = 10, BetaWarmup = 9, Warmup = 9 }));
        Assert.Equal("the KL term never has its whole weight, which rises over TrainingPlan.BetaWarmup = 10 in a training of TrainingPlan.Steps = 10: end TrainingPlan.BetaWarmup earlier, or train for longer", Told(new() { Steps = 10, BetaWarmup = 10 }));
        var both = Told(new() { Steps = 10, BetaWarmup = 11, Warmup = 12 }, ambiguous: false)!;
        Assert.Matches(@"^every image has one grader, .*\. Also: the KL term never .*\. Also: the learning rate never comes to what its schedule says, which rises over TrainingPlan\.Warmup = 12 in ", both);
    }

    [Fact]
    public void ANetworkOfOneAnswer_IsNotToldThatItsImagesHaveOne_WhateverItsFamily()
    {
        Assert.Empty(Told(new DeterministicUNetSpec()));
        Assert.Empty(Told(new UNetEnsembleSpec { Members = 1 }));
        Assert.Empty(Told(new MultiHeadUNetSpec { Heads = 1 }));
        Assert.StartsWith("every image has one grader", Assert.Single(Told(new MultiHeadUNetSpec { Heads = 2 })));

        static List<string> Told(ModelSpec spec)
        {
            using var model = Interpreter.Create(spec with { Image = new(1, 8, 8), UNet = new() { Channels = [2] } }).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
            var warnings = new List<string>();
            Trainer.Train(model, ToyData.Squares(4, graders: 1), new TrainingPlan { Steps = 1, BatchSize = 1, DiversityEvery = 0 },
                new() { Progress = new Each<TrainingStep>(step => warnings.AddRange(step.Warning is { } warning ? [warning] : [])) }, cancellation: TestContext.Current.CancellationToken);
            return warnings;
        }
    }

    [Fact]
    public void Collapse_ComesOutOfARealTraining()
    {
        using var model = new TinyNet(seed: 3);
        var warnings = new List<string>();
        var plan = new TrainingPlan { Steps = 300, BatchSize = 4, Beta = 1e5, Seed = 5, DiversityEvery = 100 };
        var diversities = new List<Diversity>();
        Trainer.Train(model, ToyData.Squares(8), plan, new() { Progress = new Each<TrainingStep>(step =>
        {
            if (step.Warning is { } warning)
                warnings.Add(warning);
            if (step.Diversity is { } diversity)
                diversities.Add(diversity);
        }) }, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("lower TrainingPlan.Beta", Assert.Single(warnings));
        Assert.Equal(3, diversities.Count);
        Assert.All(diversities, diversity => Assert.True(diversity.Samples < diversity.Graders && Math.Abs(diversity.Graders - 0.5) < 1e-6));
    }

    [Fact]
    public void APriorThatIsFarFromThePosterior_IsToldOfAtTheEnd_WithTheCause()
    {
        // ln 4 nats can tell four graders apart, and 20 more are forgiven.
        var plan = new TrainingPlan { Steps = 300 };
        Assert.Empty(Tell(plan, 300, nats: 21.3 / 3));
        var (step, warning) = Assert.Single(Tell(plan, 300, nats: 21.5 / 3));
        Assert.Equal(300, step);
        Assert.Contains("the KL over the last 60 steps is 21.5 nats, where 1.4 would tell all answers to an image apart", warning);
        Assert.EndsWith("train for more than TrainingPlan.Steps = 300", warning);
        Assert.EndsWith("raise TrainingPlan.Beta = 0.5", Assert.Single(Tell(plan with { Beta = 0.5 }, 300, nats: 10)).Warning);
        Assert.EndsWith("end TrainingPlan.BetaWarmup = 290 earlier", Assert.Single(Tell(plan with { BetaWarmup = 290 }, 300, nats: 10)).Warning);
    }

    [Fact]
    public void AFewStepsWithALargeKL_AreNotToldOf()
    {
        var health = new TrainingHealth(new TrainingPlan { Steps = 100 }, pixels: 64, answers: 4);
        for (var step = 1; step <= 100; step++)
            Assert.Null(health.Notice(new TrainingStep(step, 100, 20, 20, step % 3 == 0 ? 1e6 : 5, 1e-3) { KullbackLeiblerPerDimension = [5] }));
    }

    [Fact]
    public void APriorThatNothingDrawsToThePosterior_ComesOutOfARealTraining()
    {
        using var model = new TinyNet(seed: 3);
        var warnings = new List<string>();
        Trainer.Train(model, ToyData.Squares(8), new TrainingPlan { Steps = 300, BatchSize = 4, LearningRate = 5e-2, Beta = 0, DiversityEvery = 0 },
            new() { Progress = new Each<TrainingStep>(step => warnings.AddRange(step.Warning is { } warning ? [warning] : [])) }, cancellation: TestContext.Current.CancellationToken);
        Assert.EndsWith("raise TrainingPlan.Beta = 0", Assert.Single(warnings));
    }

    [Fact]
    public void APriorThatSeesNoImage_HasTheAnswersToAllOfThemToForesee()
    {
        // Four graders of each of eight squares: log 4, and log 32.
        Assert.Contains(" where 1.4 would tell", Told(new ProbabilisticUNetSpec()));
        Assert.Contains(" where 3.5 would tell", Told(new ImageToImageVaeSpec()));

        static string Told(ModelSpec spec)
        {
            using var model = Interpreter.Create(spec with { Image = new(1, 8, 8), UNet = new() { Channels = [2] } }).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
            using (TorchSharp.torch.no_grad())
                model.get_parameter("posterior.head.bias")!.fill_(8);   // far from any prior, and too slow to come back
            var warnings = new List<string>();
            Trainer.Train(model, ToyData.Squares(8), new TrainingPlan { Steps = 5, BatchSize = 1, LearningRate = 1e-6, DiversityEvery = 0 },
                new() { Progress = new Each<TrainingStep>(step => warnings.AddRange(step.Warning is { } warning ? [warning] : [])) }, cancellation: TestContext.Current.CancellationToken);
            return Assert.Single(warnings);
        }
    }

    [Fact]
    public void Beta_RisesInAStraightLine()
    {
        var plan = new TrainingPlan { Beta = 2, BetaWarmup = 3 };
        Assert.Equal([0.5, 1, 1.5, 2, 2], Enumerable.Range(1, 5).Select(plan.BetaAt));
        Assert.Equal(2, (plan with { BetaWarmup = 0 }).BetaAt(1));
    }

    [Fact]
    public void TheLongestWarmup_NeitherTurnsBetaAround_NorHasItsLatentCalledIgnored()
    {
        var plan = new TrainingPlan { Beta = 2, BetaWarmup = int.MaxValue };
        Assert.Equal(Enumerable.Range(1, 3).Select(step => step / Math.Pow(2, 30)), Enumerable.Range(1, 3).Select(plan.BetaAt));
        Assert.StartsWith("the KL term never has its whole weight", Assert.Single(Tell(plan, 1000, nats: 0)).Warning);
    }

    [Fact]
    public void Geco_RaisesTheWeight_UntilTheTargetIsMet()
    {
        var plan = new GecoPlan(Target: 0.1, Rate: 0.1, Decay: 0.5);
        var missed = Geco.Start.After(plan, 0.3).After(plan, 0.3);
        Assert.True(missed.Weight > 1);
        var met = missed;
        for (var step = 0; step < 50; step++)
            met = met.After(plan, 0.05);
        Assert.True(met.Weight < missed.Weight);
        Assert.Equal(Math.Exp(0.1 * 2), Geco.Start.After(plan, 0.3).Weight, tolerance: 1e-12);
    }

    [Fact]
    public void Geco_MovesARealTraining_TowardsItsTarget()
    {
        double Last(GecoPlan? geco)
        {
            var last = new List<double>();
            using var model = new TinyNet(seed: 3);
            Trainer.Train(model, ToyData.Squares(8), new TrainingPlan { Steps = 150, BatchSize = 4, Beta = 40, Geco = geco, DiversityEvery = 0 }, new() { Progress = new Each<TrainingStep>(step => last.Add(step.CrossEntropy)) }, cancellation: TestContext.Current.CancellationToken);
            return last[^30..].Average();
        }
        Assert.True(Last(new GecoPlan(Target: 0.02, Rate: 0.1)) < Last(null));
    }

    private static List<(int Step, string Warning)> Tell(TrainingPlan plan, int steps, double nats)
    {
        var health = new TrainingHealth(plan, pixels: 64, answers: 4);
        var told = new List<(int, string)>();
        for (var step = 1; step <= steps; step++)
            if (health.Notice(new TrainingStep(step, steps, 20, 20, 3 * nats, 1e-3) { KullbackLeiblerPerDimension = [nats, nats, nats] }) is { } warning)
                told.Add((step, warning));
        return told;
    }
}
