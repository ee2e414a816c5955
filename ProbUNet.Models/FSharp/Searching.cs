using Microsoft.FSharp.Core;
using ProbUNet.Models.Terminal;
using ProbUNet.Models.Training;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>
/// How a search is done, for F#: <c>Searching.standard |> Searching.shown |> Searching.device "cuda"</c>, which <see cref="Search.runWith"/> takes. None of it is what is searched: one that goes on may be done otherwise.
/// </summary>
public sealed record Searching
{
    private Searching()
    {
    }

    internal string Device { get; private init; } = "cpu";

    internal CancellationToken Cancellation { get; private init; }

    internal Action<string> Tell { get; private init; } = _ => { };

    internal Action<string, Action<IProgress<TrainingStep>>> Train { get; private init; } = (_, train) => train(new Told(FuncConvert.FromAction<TrainingStep>(_ => { })));

    /// <summary>In silence, on the CPU, to the end.</summary>
    public static Searching standard { get; } = new();

    /// <summary>On a device, where every network of it lives, by its name: cpu, cuda, cuda:1 or mps; one that is not there is an Error.</summary>
    public static FSharpFunc<Searching, Searching> device(string name) => FuncConvert.FromFunc((Searching how) => how with { Device = name });

    /// <summary>Until it is cancelled, between two steps, which is an Error too; what is done is kept.</summary>
    public static FSharpFunc<Searching, Searching> until(CancellationToken cancellation) => FuncConvert.FromFunc((Searching how) => how with { Cancellation = cancellation });

    /// <summary>Told in a line what comes next, for example "rung 0, 2 of 6: latent-2, seed 1: 300 steps".</summary>
    public static FSharpFunc<Searching, Searching> tell(FSharpFunc<string, Unit> line) => FuncConvert.FromFunc((Searching how) => how with { Tell = text => line.Invoke(FaceWords.Of(text)) });

    /// <summary>Told of every step of every training, and with it of the training's warnings: its name ("latent-2, seed 1") → the step.</summary>
    public static FSharpFunc<Searching, Searching> progress(FSharpFunc<string, FSharpFunc<TrainingStep, Unit>> step) => FuncConvert.FromFunc((Searching how) => how with
    {
        Train = (name, train) => train(new Told(step.Invoke(name))),
    });

    /// <summary>Shown on standard error while it runs, as the command line does: what comes next, and each training. It takes the place of <see cref="tell"/> and <see cref="progress"/>.</summary>
    /// <exception cref="ArgumentNullException">There is nothing to change.</exception>
    public static Searching shown(Searching how)
    {
        ArgumentNullException.ThrowIfNull(how);
        return how with { Tell = text => Console.Error.WriteLine(FaceWords.Of(text)), Train = (name, train) => TrainingView.Show(name, train, FaceWords.Of) };
    }
}
