namespace ProbUNet.Cli.Doctor;

/// <summary>How something is.</summary>
internal enum Health
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, and could be better.</summary>
    Advice,

    /// <summary>Something will not work.</summary>
    Bad,
}

/// <summary>What was found.</summary>
/// <param name="Subject">What was looked at, in a word or two.</param>
/// <param name="Health">How it is.</param>
/// <param name="Words">What was seen, in one line without a full stop.</param>
/// <param name="Remedy">The command or the setting that mends it; nothing where nothing is wrong.</param>
internal sealed record Finding(string Subject, Health Health, string Words, string? Remedy = null)
{
    /// <summary>As it should be.</summary>
    public static Finding Good(string subject, string words) => new(subject, Health.Good, words);

    /// <summary>It works, and could be better.</summary>
    public static Finding Advice(string subject, string words, string remedy) => new(subject, Health.Advice, words, remedy);

    /// <summary>Something will not work.</summary>
    public static Finding Bad(string subject, string words, string remedy) => new(subject, Health.Bad, words, remedy);
}
