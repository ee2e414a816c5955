namespace ProbUNet.Models.Benchmarking;

/// <summary>What of a work is compared.</summary>
internal enum Quantity
{
    /// <summary>How many times as fast as the peer: its time over ours, more is better.</summary>
    Speed,

    /// <summary>Which part of the peer's peak resident memory: ours over its, less is better.</summary>
    Memory,
}

/// <summary>What a side is in terms of another one, over the rounds of one run.</summary>
/// <param name="Work">The work's name.</param>
/// <param name="Quantity">What is compared.</param>
/// <param name="Side">The side that is judged.</param>
/// <param name="Peer">The side that it is judged by.</param>
/// <param name="Median">Of the rounds' ratios.</param>
/// <param name="Least">Of the rounds' ratios.</param>
/// <param name="Most">Of the rounds' ratios.</param>
internal sealed record Ratio(string Work, Quantity Quantity, string Side, string Peer, double Median, double Least, double Most)
{
    /// <summary>
    /// The ratio of two sides: each round gives one, of turns that were taken one behind the other, so that what disturbs a machine for a minute disturbs both.
    /// </summary>
    /// <param name="measurements">Of one run; others than those of the two sides and the work do not count.</param>
    /// <param name="work">The work's name.</param>
    /// <param name="quantity">What is compared.</param>
    /// <param name="side">The side that is judged.</param>
    /// <param name="peer">The side that it is judged by.</param>
    /// <returns>Nothing where there is no round in which both did the work.</returns>
    /// <exception cref="InputException">The measurements are of more than one run.</exception>
    public static Ratio? Of(IReadOnlyCollection<Measurement> measurements, string work, Quantity quantity, string side, string peer)
    {
        CheckOneRun(measurements);
        Dictionary<int, SideLine> Rounds(string of) => measurements.Where(each => each.Side == of && each.Line.Work == work).ToDictionary(each => each.Round, each => each.Line);
        var (own, others) = (Rounds(side), Rounds(peer));
        double[] ratios = [.. own.Keys.Where(others.ContainsKey).Select(round => quantity == Quantity.Speed ? others[round].Ms / own[round].Ms : own[round].RssMib / others[round].RssMib).Order()];
        return ratios.Length == 0 ? null : new Ratio(work, quantity, side, peer, Timing.Median(ratios), ratios[0], ratios[^1]);
    }

    /// <summary>Refuses measurements of more than one run: a machine is not the same machine an hour later.</summary>
    /// <exception cref="InputException">They are.</exception>
    public static void CheckOneRun(IEnumerable<Measurement> measurements)
    {
        string[] runs = [.. measurements.Select(each => each.Run).Distinct()];
        if (runs.Length > 1)
            throw new InputException($"measurements of the runs {string.Join(" and ", runs)}", "a ratio is made of sides that took turns in one run", "measure all sides by one 'probunet bench'");
    }
}

/// <summary>What a ratio should be.</summary>
/// <param name="Work">The work.</param>
/// <param name="Quantity">What is compared.</param>
/// <param name="Side">The side that is judged.</param>
/// <param name="Peer">The side that it is judged by.</param>
/// <param name="Bound">The least speed, or the most memory.</param>
/// <param name="Stretch">What would be better still.</param>
internal sealed record Target(string Work, Quantity Quantity, string Side, string Peer, double Bound, double? Stretch = null)
{
    /// <summary>What the library promises of its standard network on two cores.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        Speed("train-step-8", "bf16", Sides.PyTorchPlain, 2.4), Speed("train-step-8", "bf16", Sides.PyTorchExpert, 1.13, 1.3),
        Speed("train-step-8", "f32", Sides.PyTorchPlain, 1.3), Speed("train-step-8", "f32", Sides.PyTorchExpertFloat32, 1.15, 1.3),
        Speed("sample-16", "bf16", Sides.PyTorchPlain, 2.7), Speed("sample-16", "bf16", Sides.PyTorchExpert, 1.55, 2),
        Speed("sample-16", "f32", Sides.PyTorchPlain, 1.5), Speed("sample-16", "f32", Sides.PyTorchExpertFloat32, 1.25, 1.5), Speed("sample-16", "f32", Sides.OnnxRuntime, 1.2),
        Speed("sample-1", "bf16", Sides.PyTorchPlain, 2.2), Speed("sample-1", "bf16", Sides.PyTorchExpert, 1.04, 1.25),
        new("train-step-8", Quantity.Memory, "bf16", Sides.PyTorchPlain, 0.6), new("train-step-8", Quantity.Memory, "bf16", Sides.PyTorchExpert, 0.9, 0.75),
    ];

    /// <summary>Whether a ratio is good enough.</summary>
    public bool IsMetBy(Ratio ratio) => Reaches(ratio, Bound);

    /// <summary>Whether a ratio is what would be better still; nothing where nobody says what that is.</summary>
    public bool? IsStretchMetBy(Ratio ratio) => Stretch is { } stretch ? Reaches(ratio, stretch) : null;

    private bool Reaches(Ratio ratio, double bound) => Quantity == Quantity.Speed ? ratio.Median >= bound : ratio.Median <= bound;

    private static Target Speed(string work, string side, string peer, double bound, double? stretch = null) => new(work, Quantity.Speed, side, peer, bound, stretch);
}

/// <summary>A ratio and what it should be, if anybody says so.</summary>
internal sealed record Verdict(Ratio Ratio, Target? Target)
{
    /// <summary>Whether the target is met; nothing without one.</summary>
    public bool? IsMet => Target?.IsMetBy(Ratio);

    /// <summary>Whether the stretch is; nothing without one.</summary>
    public bool? IsStretchMet => Target?.IsStretchMetBy(Ratio);

    /// <summary>Every ratio of a run that says something: each precision of ours against each side that is none of ours, and those with a target first of all.</summary>
    public static IReadOnlyList<Verdict> Of(IReadOnlyCollection<Measurement> measurements)
    {
        string[] sides = [.. measurements.Select(each => each.Side).Distinct()];
        return
        [
            .. from own in sides.Where(Arithmetic.All.Contains)
               from peer in sides.Except(Arithmetic.All)
               from compared in Work.Standard.Select(work => (work.Name, Quantity: Quantity.Speed)).Append((Name: Work.Training.Name, Quantity: Quantity.Memory))
               let ratio = Ratio.Of(measurements, compared.Name, compared.Quantity, own, peer)
               where ratio is not null
               select new Verdict(ratio, Target.All.FirstOrDefault(target => (target.Work, target.Quantity, target.Side, target.Peer) == (ratio.Work, ratio.Quantity, ratio.Side, ratio.Peer))),
        ];
    }
}
