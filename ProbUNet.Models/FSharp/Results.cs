using Microsoft.FSharp.Core;

namespace ProbUNet.Models.FSharp;

/// <summary>Bad input as an error value: the sentence that an <see cref="InputException"/> would say.</summary>
internal static class Results
{
    public static FSharpResult<T, string> Of<T>(Func<T> act)
    {
        try
        {
            return FSharpResult<T, string>.NewOk(act());
        }
        catch (InputException error)
        {
            return FSharpResult<T, string>.NewError(error.Message);
        }
    }

    /// <summary>Does something to a value and hands it on.</summary>
    public static FSharpResult<T, string> After<T>(T value, Action<T> act) => Of(() =>
    {
        act(value);
        return value;
    });
}

/// <summary>Tells an F# function of every step, at once.</summary>
internal sealed class Told<T>(FSharpFunc<T, Unit> tell) : IProgress<T>
{
    public void Report(T value) => tell.Invoke(value);
}
