using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using ProbUNet.Dsl;
using ProbUNet.Dsl.FSharp;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.FSharp;

/// <summary>Bad input as an error value: the sentence that an <see cref="InputException"/>, or this library about an argument, would say. All else is thrown.</summary>
internal static class Results
{
    /// <summary>What there is to do after what finds in its folder how far it came.</summary>
    public const string SameCall = "make the same call again, which goes on with it";

    public static FSharpResult<T, string> Of<T>(Func<T> act)
    {
        try
        {
            return FSharpResult<T, string>.NewOk(act());
        }
        catch (InputException error)
        {
            return FSharpResult<T, string>.NewError(FaceWords.Of(error.Message));
        }
        catch (ArgumentException error) when (IsOurs(error))
        {
            return FSharpResult<T, string>.NewError(FaceWords.Of(Sentence(error)));
        }
        catch (ObjectDisposedException error) when (error.ObjectName == nameof(Runtime.SegmentationModel))
        {
            return FSharpResult<T, string>.NewError("The network: it has been disposed, and has no weights any more; use it before that, or make another.");
        }
    }

    /// <summary>The same of what can be cancelled, which is an answer too where that was asked for.</summary>
    /// <param name="cancellation">By which it is asked for.</param>
    /// <param name="cut">What was cancelled then, and what there is of it.</param>
    /// <param name="remedy">What there is to do then.</param>
    /// <param name="act">What is done.</param>
    public static FSharpResult<T, string> Of<T>(CancellationToken cancellation, (string Work, string State) cut, string remedy, Func<T> act) => Of(() =>
    {
        try
        {
            return act();
        }
        catch (OperationCanceledException error) when (cancellation.IsCancellationRequested)
        {
            throw new InputException(cut.Work, $"it was cancelled, and {cut.State}", remedy, error);
        }
    });

    /// <summary>The same with a record that says how, which may be missing.</summary>
    public static FSharpResult<T, string> Given<THow, T>(THow? how, string parameter, Func<THow, FSharpResult<T, string>> act) where THow : class =>
        how is null ? Of<T>(() => throw new ArgumentNullException(parameter)) : act(how);

    /// <summary>Does something to a value and hands it on.</summary>
    public static FSharpResult<T, string> After<T>(T value, Action<T> act) => Of(() =>
    {
        act(value);
        return value;
    });

    /// <summary>Whether this library itself refuses an argument. What a function that it was given throws, or .NET where it calls it wrongly, is no answer to its user.</summary>
    private static bool IsOurs(ArgumentException error) => new StackTrace(error).GetFrames()
        .Select(frame => frame.GetMethod()?.DeclaringType)
        .SkipWhile(type => type is not null && type.IsAssignableTo(typeof(ArgumentException)))   // its ThrowIf… methods
        .FirstOrDefault()?.Assembly is { } thrower && (thrower == typeof(Results).Assembly || thrower == typeof(Dsl.ModelSpec).Assembly);

    /// <summary>Its words without what .NET adds about the parameter and its value.</summary>
    private static string Sentence(ArgumentException error)
    {
        if (error is ArgumentNullException)
            return $"{error.ParamName}: it is missing (null); give one.";
        var end = error.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }
}

/// <summary>What the library says of its plans and specs, in the words of this face: TrainingPlan.Beta is <c>Plan.beta</c> here.</summary>
internal static partial class FaceWords
{
    public static string Of(string text) => PlanJson.InWords(OfSpecs().Replace(OfSearches().Replace(text.Replace(RunFolder.GiveOpened, "give them, opened, to GoingOn.data and that to Training.resumeWith", StringComparison.Ordinal), match => $"Halve.{Camel(match.Groups[1].Value)}"), Setting), InPlan);

    /// <summary>A setting of a spec, which a function gives without a sign between: <c>Network.classes 13</c>.</summary>
    private static string Setting(Match match) => Dsl.FSharp.Network.FunctionOf(match.Groups[1].Value) is var function && function.StartsWith("Network.", StringComparison.Ordinal) && match.Groups[2].Success
        ? $"{function} "
        : function + match.Groups[2].Value;

    /// <summary>The path of a setting of a plan, whose parts have functions of their own.</summary>
    private static string InPlan(string path) => path.Split('.') switch
    {
        ["augmentation", var setting] => $"{nameof(Augment)}.{setting}",
        ["geco", var setting] => $"{nameof(Geco)}.{setting}",
        _ => $"{nameof(Plan)}.{path}",
    };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    [GeneratedRegex(@"\bSearchPlan\.([A-Z]\w*)", RegexOptions.CultureInvariant)]
    private static partial Regex OfSearches();

    [GeneratedRegex(@"\bModelSpec\.([A-Z]\w*(?:\.[A-Z]\w*)*)( = )?", RegexOptions.CultureInvariant)]
    private static partial Regex OfSpecs();
}

/// <summary>Tells an F# function of every step, at once, and in its words; with the first one of what is unwise about the network, which the compiler says of a declaration and nobody of a value.</summary>
/// <param name="tell">The function.</param>
/// <param name="model">The network; left out where what is unwise about it shall not be told.</param>
internal sealed class Told(FSharpFunc<TrainingStep, Unit> tell, SegmentationModel? model = null) : IProgress<TrainingStep>
{
    private bool _isAdvised;

    public void Report(TrainingStep value)
    {
        List<string> warnings = _isAdvised || model is null ? [] : [.. Network.explainWarnings(ListModule.OfSeq(model.Declaration.Advise())).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        _isAdvised = true;
        if (value.Warning is { } warning)
            warnings.Add(FaceWords.Of(warning));
        tell.Invoke(warnings.Count == 0 ? value : value with { Warning = string.Join(InputException.Also, warnings) });
    }
}
