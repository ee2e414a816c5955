using System.Diagnostics;
using ProbUNet.Models.Terminal;
using ProbUNet.Models.Tests.Training;
using ProbUNet.Models.Training;
using Spectre.Console;

namespace ProbUNet.Models.Tests.Terminal;

public class TrainingViewTests
{
    [Fact]
    public void InAFile_AreTheFirstStep_ATenthEach_AndThoseThatAreValidated()
    {
        using var output = new StringWriter();
        TrainingView.ShowLines(output, "net", progress =>
        {
            for (var number = 1; number <= 100; number++)
                progress.Report(Steps.Latent(number, 100) with
                {
                    ValidationGed = number is 25 or 100 ? 0.5 : null,
                    IsBest = number == 25,
                    Warning = number == 7 ? "Beta" : null,
                    Diversity = number == 20 ? new Diversity(0.2, 0.3) : null,
                });
        }, words => $"--{words}");
        var lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal("warning: --Beta", lines[1]);
        Assert.Equal([1, 10, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100], lines.Where(line => line.StartsWith("step ", StringComparison.Ordinal)).Select(line => int.Parse(line[5..line.IndexOf('/', StringComparison.Ordinal)])));
        Assert.StartsWith("step 25/100  net  loss   ", lines[4]);
        Assert.EndsWith(" left", lines[4]);
        Assert.Contains("  diversity 0.20/0.30  GED² 0.500 (best)  ", lines[4]);
        Assert.EndsWith("  diversity 0.20/0.30  GED² 0.500  160.0 images/s", lines[^1]);
    }

    [Fact]
    public void OnATerminal_TheTrainingRunsOnTheThreadThatAsked_AndWhatItThrowsComesThrough()
    {
        var (console, output) = Terminal();
        using var _ = output;
        var (caller, own) = (Environment.CurrentManagedThreadId, 0);
        var error = Assert.Throws<InputException>(() => TrainingView.ShowLive(console, "net", progress =>
        {
            own = Environment.CurrentManagedThreadId;
            progress.Report(Steps.Latent(1, 9) with { Warning = string.Join(' ', Enumerable.Repeat("word", 99)) + " end" });
            throw new InputException("TrainingPlan.LearningRate 9", "the loss is NaN", "lower it");
        }, words => words));
        Assert.Equal(("TrainingPlan.LearningRate 9", caller), (error.Input, own));
        // The last picture stays, and warnings that it had no room for follow.
        Assert.Contains("step 1/9", output.ToString());
        Assert.EndsWith("end\n", output.ToString());
        Assert.Contains("\u001b[?25h", output.ToString());   // the cursor is back
    }

    [Fact]
    public void OnATerminal_NothingIsDrawnBeforeTheFirstStep_AndAtMostEightTimesASecondThen()
    {
        var (console, output) = Terminal();
        using var _ = output;
        var pictures = 0;
        var watch = Stopwatch.StartNew();
        TrainingView.ShowLive(console, "net", progress =>
        {
            Thread.Sleep(300);
            Assert.DoesNotContain("net", output.ToString());
            for (var number = 1; number <= 1000; number++)
            {
                progress.Report(Steps.Latent(number, 1000));
                Thread.Sleep(1);
            }
        }, words => words);
        pictures = output.ToString().Split("  step ").Length - 1;
        Assert.InRange(pictures, 2, 8 * watch.Elapsed.TotalSeconds + 2);
    }

    [Fact]
    public void ATerminalThatIsClosed_EndsTheView_AndNotTheTraining()
    {
        using var output = new Closing();
        var steps = 0;
        TrainingView.ShowLive(Terminal(output), "net", progress =>
        {
            for (var number = 1; number <= 10; number++)
            {
                progress.Report(Steps.Latent(number, 10) with { Warning = number == 2 ? string.Join(' ', Enumerable.Repeat("word", 99)) : null });
                output.IsClosed = true;
                Thread.Sleep(50);
                steps++;
            }
        }, words => words);
        Assert.Equal(10, steps);
        // Before it is done, what the training itself throws is told.
        Assert.Throws<FileNotFoundException>(() => TrainingView.ShowLive(Terminal().Console, "net", _ => throw new FileNotFoundException(), words => words));
    }

    private sealed class Closing : StringWriter
    {
        public bool IsClosed { get; set; }

        public override void Write(string? value)
        {
            if (IsClosed)
                throw new IOException("Input/output error");
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(char value) => Write(value.ToString());

        public override void Flush() => Write("");
    }

    /// <summary>What watching costs, as a ratio of steps a second; run by name, for it takes a minute and tells of the machine too.</summary>
    [Fact(Explicit = true)]
    public void WhatWatchingCosts()
    {
        using var folder = new TemporaryFolder();
        var plan = new TrainingPlan { Steps = 400, BatchSize = 4, DiversityEvery = 0 };
        var images = ToyData.Squares(16);
        var board = 0;
        double StepsPerSecond(Action<Action<TrainingContext>> watched)
        {
            using var model = new TinyNet(seed: 1);
            var watch = Stopwatch.StartNew();
            watched(context => Trainer.Train(model, images, plan, context));
            return plan.Steps / watch.Elapsed.TotalSeconds;
        }
        var rates = new Dictionary<string, List<double>> { ["nothing"] = [], ["view"] = [], ["log"] = [] };
        for (var round = 0; round < 9; round++)   // in turns, so that a machine that is busy with something else is so for all
        {
            rates["nothing"].Add(StepsPerSecond(train => train(new())));
            rates["view"].Add(StepsPerSecond(train =>
            {
                var (console, output) = Terminal();
                using (output)
                    TrainingView.ShowLive(console, "net", progress => train(new() { Progress = progress }), words => words);
            }));
            rates["log"].Add(StepsPerSecond(train =>
            {
                using var log = new Models.Telemetry.TensorBoardLog(folder[$"{board++}"]);
                train(log.Watching(new()));
            }));
        }
        double Median(string kind) => rates[kind].Order().ElementAt(rates[kind].Count / 2);
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant(
            $"{Median("nothing"):0} steps/s; with the view x {Median("view") / Median("nothing"):0.000}, with TensorBoard's log x {Median("log") / Median("nothing"):0.000}"));
        Assert.InRange(Median("view") / Median("nothing"), 0.9, 1.1);
    }

    private static (IAnsiConsole Console, StringWriter Output) Terminal()
    {
        var output = new StringWriter();
        return (Terminal(output), output);
    }

    private static IAnsiConsole Terminal(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 80;
        console.Profile.Height = 30;
        return console;
    }
}
