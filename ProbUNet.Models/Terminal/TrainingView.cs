using System.Diagnostics;
using System.Globalization;
using ProbUNet.Models.Training;
using Spectre.Console;

namespace ProbUNet.Models.Terminal;

/// <summary>
/// Shows a training while it runs, on standard error: on a terminal a few lines that move (loss and its terms, the dimensions of the latent, validation, speed, time left,
/// warnings), a plain line now and then where the output is redirected.
/// </summary>
public static class TrainingView
{
    private const int PlainLines = 10;

    /// <summary>Between two pictures of a training; drawn by a thread of its own, so that no step waits for a terminal.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(125);

    /// <summary>Runs <paramref name="train"/> with something to report to.</summary>
    /// <param name="name">What is being trained.</param>
    /// <param name="train">Does the training, on the thread that called, and reports every step.</param>
    /// <param name="words">Says a warning in the words of a program; as it is if left out.</param>
    public static void Show(string name, Action<IProgress<TrainingStep>> train, Func<string, string>? words = null)
    {
        words ??= text => text;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected || !console.Profile.Capabilities.Ansi || !console.Profile.Capabilities.Interactive)
            ShowLines(Console.Error, name, train, words);
        else
            ShowLive(console, name, train, words);
    }

    /// <summary>The view of a terminal. One that is closed on the way ends the view, and not the training.</summary>
    internal static void ShowLive(IAnsiConsole console, string name, Action<IProgress<TrainingStep>> train, Func<string, string> words)
    {
        var (seen, isDone) = (new Watch(name, words), false);
        try
        {
            console.Live(new TrainingPanel(seen.Overview)).Start(context =>
            {
                using var end = new ManualResetEventSlim();
                var drawing = new Thread(() => Draw(context, seen, end)) { IsBackground = true, Name = "training view" };
                drawing.Start();
                try
                {
                    train(seen);
                    isDone = true;
                }
                finally
                {
                    end.Set();
                    drawing.Join();
                    Draw(() => context.UpdateTarget(new TrainingPanel(seen.Overview)));
                }
            });
        }
        catch (IOException) when (isDone)
        {
            // The cursor could not be given back.
        }
        finally
        {
            Draw(() =>
            {
                if (!new TrainingPanel(seen.Overview).TellsAll(console.Profile.Width))
                    foreach (var warning in seen.Overview.Warnings)
                        console.WriteLine($"warning: {warning}");
            });
        }
    }

    /// <summary>Lines for a file.</summary>
    internal static void ShowLines(TextWriter output, string name, Action<IProgress<TrainingStep>> train, Func<string, string> words) =>
        train(new Watch(name, words, (step, seen) =>
        {
            if (step.Warning is not null)
                output.WriteLine($"warning: {seen.Warnings[^1]}");
            if (LineOf(step, seen) is { } line)
                output.WriteLine(line);
        }));

    /// <summary>The first step, the last, some between, and those that are validated.</summary>
    private static string? LineOf(TrainingStep step, TrainingOverview seen) =>
        seen.Seen == 1 || step.Step == step.Steps || step.ValidationGed is not null || step.Step * (long)PlainLines / step.Steps != (step.Step - 1L) * PlainLines / step.Steps
            ? $"step {step.Step}/{step.Steps}  {Describe(step, seen)}"
            : null;

    /// <summary>Loss; KL and how many dimensions of the latent it is spread over; how much samples differ where graders do; GED² where it was measured; time left, or at the end the speed.</summary>
    private static string Describe(TrainingStep step, TrainingOverview seen) => string.Create(CultureInfo.InvariantCulture, $"{seen.Name}  loss {seen.Loss,7:F1}")
        + (seen.PerDimension is { } dimensions ? string.Create(CultureInfo.InvariantCulture, $"  KL {seen.KullbackLeibler,5:F2} ({step.ActiveDimensions}/{dimensions.Length} active)") : "")
        + (seen.Diversity is { } diversity ? string.Create(CultureInfo.InvariantCulture, $"  diversity {diversity.Samples:F2}/{diversity.Graders:F2}") : "")
        + (step.ValidationGed is { } ged ? string.Create(CultureInfo.InvariantCulture, $"  GED² {ged:F3}{(step.IsBest ? " (best)" : "")}") : "")
        + (step.Step < step.Steps ? $"  {TrainingPanel.Clock(seen.Left)} left" : seen.ImagesPerSecond > 0 ? $"  {TrainingPanel.Significant(seen.ImagesPerSecond)} images/s" : "");

    private static void Draw(LiveDisplayContext context, Watch seen, ManualResetEventSlim end)
    {
        // Nothing before the first step: what is said until then is not drawn over.
        TrainingOverview? drawn = null;
        while (!end.Wait(Pause))
            if (seen.Overview is { Last: not null } overview && !ReferenceEquals(overview, drawn) && !Draw(() => context.UpdateTarget(new TrainingPanel(drawn = overview))))
                return;
    }

    /// <summary>Whether there is a terminal still.</summary>
    private static bool Draw(Action draw)
    {
        try
        {
            draw();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Folds the steps that it is told of.</summary>
    private sealed class Watch(string name, Func<string, string> words, Action<TrainingStep, TrainingOverview>? told = null) : IProgress<TrainingStep>
    {
        private readonly Stopwatch _time = Stopwatch.StartNew();
        private volatile TrainingOverview _overview = new() { Name = name };

        public TrainingOverview Overview => _overview;

        public void Report(TrainingStep step)
        {
            _overview = _overview.After(step, _time.Elapsed, words);
            told?.Invoke(step, _overview);
        }
    }
}
