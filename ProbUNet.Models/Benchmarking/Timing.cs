using System.Diagnostics;

namespace ProbUNet.Models.Benchmarking;

/// <summary>How a work is timed: as the peer does it.</summary>
/// <param name="WarmUps">Times that do not count.</param>
/// <param name="Seconds">For so long at least.</param>
/// <param name="Least">And so many times at least.</param>
internal readonly record struct Timing(int WarmUps, double Seconds, int Least)
{
    /// <summary>The times of an action, milliseconds.</summary>
    public double[] Of(Action action)
    {
        for (var run = 0; run < WarmUps; run++)
            action();
        var times = new List<double>();
        for (var start = Stopwatch.GetTimestamp(); times.Count < Least || Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds;)
        {
            var begin = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }
        return [.. times];
    }

    /// <summary>The middle of some numbers, or the mean of the two that share it.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
