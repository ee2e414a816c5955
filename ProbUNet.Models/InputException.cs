namespace ProbUNet.Models;

/// <summary>
/// Input that cannot be used: a file, a folder or a setting. The message is one sentence that names the culprit and the remedy,
/// ready to be shown as it is; programs answer with exit code 2.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Says what is wrong with which input, and what to do about it.</summary>
    /// <param name="source">The file, folder or setting at fault.</param>
    /// <param name="problem">What is wrong with it, without a final stop.</param>
    /// <param name="remedy">What to do, in the imperative, without a final stop.</param>
    /// <param name="innerException">The cause, if another exception told of it.</param>
    public InputException(string source, string problem, string remedy, Exception? innerException = null)
        : base($"{Shown(source)}: {problem}; {remedy}.", innerException)
    {
        Input = source;
        Problem = problem;
        Remedy = remedy;
    }

    /// <summary>Refuses a setting that cannot work.</summary>
    /// <param name="refused">Whether it does.</param>
    /// <param name="setting">Its name, for example <c>TrainingPlan.Beta</c>.</param>
    /// <param name="value">What it is.</param>
    /// <param name="range">What works.</param>
    internal static void Refuse(bool refused, string setting, object value, string range)
    {
        if (refused)
            throw CannotWork(setting, value, range);
    }

    /// <summary>The refusal of a setting that cannot work: its name, what it is, and what works.</summary>
    internal static InputException CannotWork(string setting, object value, string range) => new(setting, FormattableString.Invariant($"{value} cannot work"), $"use {range}");

    /// <summary>
    /// Refuses for several reasons at once, in one line whose culprit is the first one's; for no reason not at all. A reason has a semicolon before its remedy, so that the next one begins with a word of its own.
    /// </summary>
    internal static void Refuse(IReadOnlyList<InputException> reasons)
    {
        if (reasons.Count > 0)
            throw Of(reasons);
    }

    /// <summary>That refusal, of at least one reason.</summary>
    internal static InputException Of(IReadOnlyList<InputException> reasons) => reasons.Count == 1 ? reasons[0]
        : new InputException(reasons[0].Input, reasons[0].Problem, string.Join(Also, reasons.Skip(1).Select(reason => $"{Shown(reason.Input)}: {reason.Problem}; {reason.Remedy}").Prepend(reasons[0].Remedy)));

    /// <summary>A name in a message, which has something to see even where the name is empty.</summary>
    internal static string Shown(string name) => string.IsNullOrWhiteSpace(name) ? $"\"{name}\"" : name;

    /// <summary>What stands between one fault with its remedy and the next.</summary>
    internal const string Also = ". Also: ";

    /// <summary>Whether what is at fault is no number: a fault of a training's settings with these data, which others need not have.</summary>
    internal bool IsDivergence { get; private init; }

    /// <summary>The refusal of what is no number, wherever it is met: in a loss, in weights, or in what these answer.</summary>
    internal static InputException NoNumber(string input, string problem, string remedy, Exception? inner = null) => new(input, problem, remedy, inner) { IsDivergence = true };

    /// <summary>The file, folder or setting at fault.</summary>
    public string Input { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }
}
