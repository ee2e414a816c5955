using System.Diagnostics;
using System.Globalization;
using ProbUNet.Models.Training;
using Spectre.Console;

namespace ProbUNet.Models.Terminal;

/// <summary>
/// Shows a training while it runs, on standard error: a bar with loss, KL and the time left on a terminal, a plain line now and then
/// where the output is redirected.
/// </summary>
public static class TrainingBar
{
    private const int PlainLines = 10;

    /// <summary>Steps over which loss and KL are smoothed: a batch of a few images says little by itself.</summary>
    private const double Smoothing = 20;

    /// <summary>Runs <paramref name="train"/> with something to report to.</summary>
    /// <param name="name">What is being trained.</param>
    /// <param name="train">Does the training and reports every step.</param>
    /// <param name="words">Says a warning in the words of a program; as it is if left out.</param>
    public static void Show(string name, Action<IProgress<TrainingStep>> train, Func<string, string>? words = null)
    {
        words ??= text => text;
        if (Console.IsErrorRedirected)
        {
            train(new PlainProgress(name, words));
            return;
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => train(new BarProgress(name, context.AddTask(Markup.Escape(name)), words)));
    }

    /// <summary>Loss; KL and how many dimensions of the latent it is spread over; how much samples differ where graders do.</summary>
    private static string Describe(string name, TrainingStep step, double loss, double kl, Diversity? diversity) => string.Create(CultureInfo.InvariantCulture, $"{name}  loss {loss,7:F1}")
        + (step.KullbackLeiblerPerDimension is { } dimensions ? string.Create(CultureInfo.InvariantCulture, $"  KL {kl,5:F2} ({step.ActiveDimensions}/{dimensions.Count} active)") : "")
        + (diversity is { } seen ? string.Create(CultureInfo.InvariantCulture, $"  diversity {seen.Samples:F2}/{seen.Graders:F2}") : "");

    /// <summary>Exponential means of loss and KL.</summary>
    private abstract class Smoothed(Func<string, string> words) : IProgress<TrainingStep>
    {
        private double _loss, _kl;
        private Diversity? _diversity;

        public void Report(TrainingStep step)
        {
            var share = Math.Max(1.0 / step.Step, 1 / Smoothing);
            _loss += share * (step.Loss - _loss);
            _kl += share * (step.KullbackLeibler - _kl);
            _diversity = step.Diversity ?? _diversity;
            if (step.Warning is { } warning)
                Console.Error.WriteLine($"warning: {words(warning)}");
            Show(step, text => Describe(text, step, _loss, _kl, _diversity));
        }

        protected abstract void Show(TrainingStep step, Func<string, string> describe);
    }

    private sealed class BarProgress(string name, ProgressTask task, Func<string, string> words) : Smoothed(words)
    {
        protected override void Show(TrainingStep step, Func<string, string> describe)
        {
            task.MaxValue = step.Steps;
            task.Value = step.Step;
            task.Description = Markup.Escape(describe(name));
        }
    }

    private sealed class PlainProgress(string name, Func<string, string> words) : Smoothed(words)
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        protected override void Show(TrainingStep step, Func<string, string> describe)
        {
            if (step.Step != 1 && step.Step != step.Steps && step.Step * PlainLines / step.Steps == (step.Step - 1) * PlainLines / step.Steps)
                return;
            var left = _watch.Elapsed * ((double)(step.Steps - step.Step) / step.Step);
            Console.Error.WriteLine($"step {step.Step}/{step.Steps}  {describe(name)}  {(left.TotalHours < 1 ? left.ToString("m\\:ss", CultureInfo.InvariantCulture) : $"{(int)left.TotalHours}:{left:mm\\:ss}")} left");
        }
    }
}
