using ProbUNet.Dsl;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Search;

/// <summary>A recipe that a search may find: a network and how it is trained.</summary>
/// <param name="Name">What files and tables call it: letters, digits and <c>. , = + _ -</c>, at most 150, another than all others have.</param>
/// <param name="Spec">The network, at the data's size.</param>
/// <param name="Plan">How it is trained. How long, and by which seeds, the search says: its steps, minutes and seed do not count. Lengths in steps, such as a warm-up, stay as they are on every rung.</param>
public sealed record Variant(string Name, ModelSpec Spec, TrainingPlan Plan);

/// <summary>How variants are searched: successive halving (Jamieson and Talwalkar 2016, the inner loop of Hyperband, Li et al. 2018), as a value.</summary>
public sealed record SearchPlan
{
    /// <summary>Minutes of training on the lowest rung, for each variant and seed; take the place of <see cref="Steps"/>. Above 0. A few steps of every variant are timed once, and what fits is written down.</summary>
    public double? Minutes { get; init; }

    /// <summary>Steps of training on the lowest rung, where no minutes are given; at least 1. Default 300.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>On every rung one of so many goes on, and is trained so many times as long; at least 2. Default 3.</summary>
    public int Eta { get; init; } = 3;

    /// <summary>Rungs; at least 1. As many as it takes until one variant is left, if left out; no more are of use.</summary>
    public int? Rungs { get; init; }

    /// <summary>Samples an image in the GED² that variants are chosen by; 1 to 1000. Default 16.</summary>
    public int Samples { get; init; } = 16;

    /// <summary>Validation images that variants are judged by, spread over the set; all if left out. At least 1.</summary>
    public int? ValidationImages { get; init; }

    /// <summary>One training of every variant a seed, on every rung; at least one. The mean over them counts.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [1];

    /// <summary>Refuses settings that cannot work.</summary>
    /// <param name="variants">How many variants there are.</param>
    /// <exception cref="InputException">Names every setting at fault and its range, in one sentence.</exception>
    public void Check(int variants)
    {
        var faults = new List<InputException>();
        Refuse(Minutes is { } minutes && !(minutes is > 0 and <= 100_000), nameof(Minutes), $"{Minutes}", "a number above 0");
        Refuse(Steps < 1, nameof(Steps), $"{Steps}", "1 or more");
        Refuse(Eta < 2, nameof(Eta), $"{Eta}", "2 or more");
        Refuse(Samples is < 1 or > 1000, nameof(Samples), $"{Samples}", "1 to 1000");
        Refuse(ValidationImages < 1, nameof(ValidationImages), $"{ValidationImages}", "1 or more");
        Refuse(Seeds.Count == 0 || Seeds.Distinct().Count() != Seeds.Count, nameof(Seeds), string.Join(',', Seeds), "different numbers, for example 1,2,3");
        // What follows is worked out of these.
        InputException.Refuse(faults);
        var most = Halving.Rungs(variants, Eta);
        Refuse(Rungs < 1 || Rungs > most, nameof(Rungs), $"{Rungs}", most == 1 ? "1: there is one variant" : $"1 to {most}: behind these one of {variants} variants is left");
        Refuse(Minutes is null && Halving.StepsOn((Rungs ?? most) - 1, Steps, Eta) == int.MaxValue, nameof(Steps), $"{Steps}", "less: the trainings of the last rung would be too long");
        InputException.Refuse(faults);

        void Refuse(bool refused, string setting, string value, string range)
        {
            if (refused)
                faults.Add(InputException.CannotWork($"{nameof(SearchPlan)}.{setting}", value.Length > 0 ? value : "an empty list", range));
        }
    }
}
