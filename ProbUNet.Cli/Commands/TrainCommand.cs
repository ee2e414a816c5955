using System.CommandLine;
using ProbUNet.Models;
using ProbUNet.Models.Terminal;
using ProbUNet.Models.Training;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet train</c></summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var usual = new TrainingPlan();
        var model = new Argument<string>("MODEL") { Description = Networks.ModelHelp };
        var data = Networks.DataOption();
        var size = Networks.SizeOption();
        var run = new Option<string>("--out") { Description = "The run folder to make.", Required = true };
        var steps = new Option<int>("--steps") { Description = "Optimiser steps.", DefaultValueFactory = _ => usual.Steps };
        var batch = new Option<int>("--batch") { Description = "Images a step.", DefaultValueFactory = _ => usual.BatchSize };
        var rate = new Option<double>("--learning-rate") { Description = "Adam's, at the start.", DefaultValueFactory = _ => usual.LearningRate };
        var beta = new Option<double>("--beta") { Description = "The weight of the KL term.", DefaultValueFactory = _ => usual.Beta };
        var warmup = new Option<int>("--beta-warmup") { Description = "Steps over which beta rises from 0.", DefaultValueFactory = _ => usual.BetaWarmup };
        var geco = new Option<double?>("--geco") { Description = "Holds the cross-entropy at so many nats a pixel (GECO), in the place of a fixed weight." };
        var seed = new Option<long>("--seed") { Description = "Decides weights, order, graders and noise.", DefaultValueFactory = _ => usual.Seed };
        var command = new Command("train", "Trains a network and leaves a run folder.") { model, data, size, run, steps, batch, rate, beta, warmup, geco, seed };
        command.SetAction(parsed =>
        {
            var (entry, opened, taken) = Networks.Open(parsed.GetValue(model)!, parsed.GetValue(data)!, parsed.GetValue(size));
            var plan = new TrainingPlan
            {
                Steps = parsed.GetValue(steps),
                BatchSize = parsed.GetValue(batch),
                LearningRate = parsed.GetValue(rate),
                Beta = parsed.GetValue(beta),
                BetaWarmup = parsed.GetValue(warmup),
                Geco = parsed.GetValue(geco) is { } target ? new GecoPlan(target) : null,
                Seed = parsed.GetValue(seed),
            };
            using var network = entry.Create(plan.Seed);
            Trainer.Check(network, opened.Train, plan);
            var folder = RunFolder.Create(parsed.GetValue(run)!, network, plan, opened);
            if (taken is not null)
                Console.Error.WriteLine(taken);
            TrainingBar.Show(entry.Name, progress => Trainer.Train(network, opened.Train, plan, progress, folder));
            Console.WriteLine($"The run is in {folder.Path}; judge it with: probunet evaluate {folder.Path} --data {opened.Name}");
        });
        return command;
    }

    /// <summary>A refusal of a setting of the plan as one of the option that gives it; any other as it is.</summary>
    public static InputException InOptions(InputException error)
    {
        var words = error.Input.Split(' ', 2);
        return words[0] switch
        {
            $"{nameof(TrainingPlan)}.{nameof(TrainingPlan.Steps)}" => Of("--steps"),
            $"{nameof(TrainingPlan)}.{nameof(TrainingPlan.BatchSize)}" => Of("--batch"),
            $"{nameof(TrainingPlan)}.{nameof(TrainingPlan.LearningRate)}" => Of("--learning-rate"),
            $"{nameof(TrainingPlan)}.{nameof(TrainingPlan.Beta)}" => Of("--beta"),
            $"{nameof(TrainingPlan)}.{nameof(TrainingPlan.BetaWarmup)}" => Of("--beta-warmup"),
            $"{nameof(TrainingPlan)}.{nameof(TrainingPlan.Geco)}" => Of("--geco"),
            _ => error,
        };

        InputException Of(string option) => new(string.Join(' ', [option, .. words.Skip(1)]), error.Problem, error.Remedy, error);
    }
}
