using Microsoft.FSharp.Core;
using ProbUNet.Models.Data;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>How a training that was cut short is gone on with, for F#: <c>GoingOn.standard |> GoingOn.device "cuda"</c>, which <see cref="Training.resumeWith"/> takes. A run remembers none of it.</summary>
public sealed record GoingOn
{
    private GoingOn()
    {
    }

    internal GradedData? Data { get; private init; }

    internal string Device { get; private init; } = "cpu";

    internal CancellationToken Cancellation { get; private init; }

    /// <summary>On the data where they lay, on the CPU, to the end.</summary>
    public static GoingOn standard { get; } = new();

    /// <summary>On data that are given: those that the run was begun with, of a program's own making or moved since; others are an Error.</summary>
    public static FSharpFunc<GoingOn, GoingOn> data(GradedData images) => FuncConvert.FromFunc((GoingOn how) => how with { Data = images });

    /// <summary>On a device, by its name: cpu, cuda, cuda:1 or mps; one that is not there is an Error.</summary>
    public static FSharpFunc<GoingOn, GoingOn> device(string name) => FuncConvert.FromFunc((GoingOn how) => how with { Device = name });

    /// <summary>Until it is cancelled, between two steps, which is an Error too.</summary>
    public static FSharpFunc<GoingOn, GoingOn> until(CancellationToken cancellation) => FuncConvert.FromFunc((GoingOn how) => how with { Cancellation = cancellation });
}
