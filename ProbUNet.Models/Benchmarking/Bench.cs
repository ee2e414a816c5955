namespace ProbUNet.Models.Benchmarking;

/// <summary>How the sides take turns.</summary>
/// <param name="Rounds">How often each side has its turn, at least <see cref="FewestRounds"/>: fewer have no spread.</param>
/// <param name="Seconds">For so long each work is done in a turn, at the least.</param>
/// <param name="Threads">Of every side.</param>
internal sealed record BenchPlan(int Rounds, double Seconds, int Threads)
{
    /// <summary>The fewest rounds.</summary>
    public const int FewestRounds = 3;

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="InputException">It cannot.</exception>
    public void Check()
    {
        Refuse(Rounds is < FewestRounds or > 1000, "--runs", Rounds, "so many rounds have no spread, or no end", $"use {FewestRounds} to 1000");
        Refuse(!(Seconds is > 0 and <= 3600), "--seconds", Seconds, "nothing can be done for so long", "use a number above 0, at most 3600");
        Refuse(Threads < 1 || Threads > Environment.ProcessorCount, "--threads", Threads, "there are not so many cores here", FormattableString.Invariant($"use 1 to {Environment.ProcessorCount}"));

        static void Refuse(bool refused, string option, IFormattable value, string problem, string remedy)
        {
            if (refused)
                throw new InputException(FormattableString.Invariant($"{option} {value}"), problem, remedy);
        }
    }
}

/// <summary>Has sides take turns.</summary>
internal static class Bench
{
    /// <summary>Measures all sides: A, B, C, A, B, C …, so that what changes on the machine while it runs changes for all.</summary>
    /// <param name="run">What the run is called; no other has the same.</param>
    /// <param name="sides">Of different keys.</param>
    /// <param name="plan">How.</param>
    /// <param name="tell">Told whose turn it is.</param>
    /// <exception cref="InputException">A side cannot do its works.</exception>
    public static IReadOnlyList<Measurement> Run(string run, IReadOnlyList<Side> sides, BenchPlan plan, Action<string> tell)
    {
        plan.Check();
        return
        [
            .. from round in Enumerable.Range(1, plan.Rounds)
               from side in sides
               from line in Turn(side, round)
               select new Measurement(run, side.Key, round, line),
        ];

        IReadOnlyList<SideLine> Turn(Side side, int round)
        {
            tell(FormattableString.Invariant($"round {round} of {plan.Rounds}: {side.Title}"));
            return side.Run(plan.Threads, plan.Seconds);
        }
    }
}
