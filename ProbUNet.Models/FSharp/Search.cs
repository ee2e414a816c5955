using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using ProbUNet.Dsl.FSharp;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Search;
using ProbUNet.Models.Training;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>How variants are searched, for F#: <c>Halve.standard |> Halve.minutes 1.0 |> Halve.eta 3</c>. Nothing is checked before the search.</summary>
public static class Halve
{
    /// <summary>The defaults: 300 steps on the lowest rung, then a third of the variants three times as long, until one is left.</summary>
    public static SearchPlan standard { get; } = new();

    /// <summary>Minutes of training on the lowest rung, in the place of steps; above 0.</summary>
    public static FSharpFunc<SearchPlan, SearchPlan> minutes(double time) => Change(plan => plan with { Minutes = time });

    /// <summary>Steps of training on the lowest rung; at least 1, 300 unless said.</summary>
    public static FSharpFunc<SearchPlan, SearchPlan> steps(int count) => Change(plan => plan with { Steps = count });

    /// <summary>On every rung one of so many goes on, so many times as long; at least 2, 3 unless said.</summary>
    public static FSharpFunc<SearchPlan, SearchPlan> eta(int share) => Change(plan => plan with { Eta = share });

    /// <summary>Rungs; until one variant is left unless said.</summary>
    public static FSharpFunc<SearchPlan, SearchPlan> rungs(int count) => Change(plan => plan with { Rungs = count });

    /// <summary>Samples an image in the GED² that variants are chosen by; 1 to 1000, 16 unless said.</summary>
    public static FSharpFunc<SearchPlan, SearchPlan> samples(int count) => Change(plan => plan with { Samples = count });

    /// <summary>Validation images that variants are judged by; all unless said.</summary>
    public static FSharpFunc<SearchPlan, SearchPlan> validationImages(int count) => Change(plan => plan with { ValidationImages = count });

    /// <summary>One training of every variant a seed, on every rung; the seed 1 unless said.</summary>
    public static FSharpFunc<SearchPlan, SearchPlan> seeds(FSharpList<long> values) => Change(plan => plan with { Seeds = [.. values] });

    private static FSharpFunc<SearchPlan, SearchPlan> Change(Func<SearchPlan, SearchPlan> change) => FuncConvert.FromFunc(change);
}

/// <summary>Recipes found by measurement, for F#.</summary>
public static class Search
{
    /// <summary>A variant: name → training → network.</summary>
    public static FSharpFunc<TrainingPlan, FSharpFunc<Network, Variant>> variant(string name) => FuncConvert.FromFunc((TrainingPlan plan, Network network) => new Variant(name, network.Spec, plan));

    /// <summary>The variants of a file, for data: file → data; or the sentence that tells what keeps some from being trained.</summary>
    public static FSharpFunc<GradedData, FSharpResult<FSharpList<Variant>, string>> space(string file) =>
        FuncConvert.FromFunc((GradedData data) => Results.Of(() => ListModule.OfSeq(SearchSpace.Open(file).VariantsFor(data))));

    /// <summary>Searches in a folder, or goes on with the search that was begun there: folder → plan → data → variants; or what cannot work.</summary>
    public static FSharpFunc<SearchPlan, FSharpFunc<GradedData, FSharpFunc<FSharpList<Variant>, FSharpResult<SearchResult, string>>>> run(string folder) => runWith(Searching.standard).Invoke(folder);

    /// <summary>
    /// The same with whatever of device, cancellation and progress is said: how → folder → plan → data → variants, for example
    /// <c>variants |> Search.runWith (Searching.standard |> Searching.shown |> Searching.device "cuda") "out/search" Halve.standard data</c>.
    /// </summary>
    public static FSharpFunc<string, FSharpFunc<SearchPlan, FSharpFunc<GradedData, FSharpFunc<FSharpList<Variant>, FSharpResult<SearchResult, string>>>>> runWith(Searching how) =>
        FuncConvert.FromFunc((string folder, SearchPlan plan, GradedData data, FSharpList<Variant> variants) =>
            Results.Given(how, nameof(how), said => Results.Of(said.Cancellation, ("The search", $"what is done of it is kept in {folder}"), Results.SameCall, () =>
                new Searcher(folder, data, [.. variants], plan, Devices.Open(said.Device)).Run(said.Train, said.Tell, said.Cancellation))));

    /// <summary>The result that lies in a folder.</summary>
    public static FSharpResult<SearchResult, string> read(string folder) => Results.Of(() => Searcher.Read(folder));

    /// <summary>What was found of all variants, best first.</summary>
    public static FSharpList<VariantResult> ranking(SearchResult result) => ListModule.OfSeq(result.Variants);
}
