using System.Globalization;

namespace ProbUNet.Dsl;

/// <summary>The values that a setting may have, with the words for one that it may not: rules, remedies and the bounds of the JSON Schema are read off it.</summary>
public abstract record Domain
{
    private protected Domain() { }

    /// <summary>What is wrong with a value, at the setting's path.</summary>
    internal abstract IEnumerable<SpecError> Check(string path, object value);

    /// <summary>Whether a setting may have the value: where other rules speak only of what is in range.</summary>
    internal bool Holds(object value) => !Check("", value).Any();

    /// <summary>Whole numbers as the words of remedies.</summary>
    internal static ValueList<string> Words(IEnumerable<int> numbers) => numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)).ToValueList();

    private protected static string Say(string words, object value) => string.Format(CultureInfo.InvariantCulture, words, value is double number ? Numeral.Of(number) : value);
}

/// <summary>Whole numbers in a range.</summary>
/// <param name="Rule">The id of the rule that others break.</param>
/// <param name="Complaint">The words for another, which stands at <c>{0}</c>.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The largest.</param>
public sealed record WholeNumbers(string Rule, string Complaint, int Min, int Max) : Domain
{
    /// <summary>The number in range that is nearest to another.</summary>
    internal int Nearest(int number) => Math.Max(Min, Math.Min(number, Max));

    internal override IEnumerable<SpecError> Check(string path, object value)
    {
        if (value is int number && (number < Min || number > Max))
            yield return new SpecError(Rule, path, $"{Say(Complaint, number)}: use {Say("{0}", Min)} to {Say("{0}", Max)}") { Remedies = Words([Nearest(number)]) };
    }
}

/// <summary>Odd numbers in a range with odd ends.</summary>
/// <param name="Rule">The id of the rule that others break.</param>
/// <param name="Complaint">The words for another, which stands at <c>{0}</c>.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The largest.</param>
public sealed record OddNumbers(string Rule, string Complaint, int Min, int Max) : Domain
{
    internal override IEnumerable<SpecError> Check(string path, object value)
    {
        if (value is int number && (number < Min || number > Max || number % 2 == 0))
            yield return new SpecError(Rule, path, $"{Say(Complaint, number)}: use an odd size from {Min} to {Max}")
            {
                Remedies = Words(new[] { -1L, 1L }.Select(step => (int)Math.Max(Min, Math.Min(number + step, Max))).Distinct()),
            };
    }
}

/// <summary>Real numbers in a range.</summary>
/// <param name="Rule">The id of the rule that others break.</param>
/// <param name="Complaint">The words for another, which stands at <c>{0}</c>.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The largest, or what all are below.</param>
/// <param name="IsBelow">Whether all are below <paramref name="Max"/>.</param>
public sealed record RealNumbers(string Rule, string Complaint, double Min, double Max, bool IsBelow = false) : Domain
{
    internal override IEnumerable<SpecError> Check(string path, object value)
    {
        // What is no number at all is in no range.
        if (value is double number && !(number >= Min && (IsBelow ? number < Max : number <= Max)))
            yield return new SpecError(Rule, path, $"{Say(Complaint, number)}: use {Say(IsBelow ? "at least {0}" : "{0}", Min)}{Say(IsBelow ? " and below {0}" : " to {0}", Max)}");
    }
}

/// <summary>The choices of an enumeration.</summary>
/// <param name="Kind">The enumeration.</param>
public sealed record Choices(Type Kind) : Domain
{
    internal override IEnumerable<SpecError> Check(string path, object value)
    {
        if (!Enum.IsDefined(Kind, value))
            yield return new SpecError(Rules.Choice, path, $"{Say("{0}", Convert.ToInt64(value, CultureInfo.InvariantCulture))} is none of the choices for {Kind.Name}: use {string.Join(", ", Enum.GetNames(Kind))}");
    }
}

/// <summary>Yes or no.</summary>
public sealed record YesOrNo : Domain
{
    internal override IEnumerable<SpecError> Check(string path, object value) => [];
}

/// <summary>The channels of a contracting path, which has them for its own: a whole number a level.</summary>
/// <param name="Rule">The id of the rule that lists of other lengths break.</param>
/// <param name="Owner">What has the path, for example <c>a U-Net</c>.</param>
/// <param name="MaxCount">The most entries; the least is one.</param>
/// <param name="Entries">The numbers; <c>{1}</c> in their complaint is the level.</param>
public sealed record LevelChannels(string Rule, string Owner, int MaxCount, WholeNumbers Entries) : Domain
{
    internal override IEnumerable<SpecError> Check(string path, object value)
    {
        if (value is not ValueList<int> list)
            yield break;
        if (list.Count < 1 || list.Count > MaxCount)
            yield return new SpecError(Rule, path, list.Count == 0
                ? $"The list of channels is empty: {Owner} needs one entry a level, for example [32, 64, 128, 192]"
                : $"{char.ToUpperInvariant(Owner[0])}{Owner.Substring(1)} of {list.Count} levels is too deep: use at most {MaxCount} entries");
        for (var level = 0; level < list.Count; level++)
            foreach (var error in (Entries with { Complaint = Entries.Complaint.Replace("{1}", Say("{0}", level)) }).Check($"{path}[{Say("{0}", level)}]", list[level]))
                yield return error;
    }
}
