namespace ProbUNet.Dsl;

/// <summary>
/// A setting of specs: what it is called, where it is, and which values it may have. <see cref="Settings.All"/> lists them; whatever goes over
/// all settings is a fold over that list.
/// </summary>
public abstract class Setting
{
    private protected Setting(string path, string? attribute, string argument, Domain domain) => (Path, Attribute, Argument, Domain) = (path, attribute, argument, domain);

    /// <summary>Where it is in the spec, as errors name it: for example <c>Latent.Dimension</c>.</summary>
    public string Path { get; }

    /// <summary>The attribute of C# that gives it, for example <c>Latent</c>; <see langword="null"/> for the family's own.</summary>
    public string? Attribute { get; }

    /// <summary>The argument of that attribute: a property.</summary>
    public string Argument { get; }

    /// <summary>Whether the attribute's constructor may take it too, first and without its name, by a parameter that is called like the property but for the case. The property goes over it.</summary>
    public bool IsPositional { get; init; }

    /// <summary>The values that it may have.</summary>
    public Domain Domain { get; }

    /// <summary>The part of the spec that it belongs to, for example <c>Latent</c>; empty where it is the spec's own.</summary>
    public string Part => Path.IndexOf('.') is var dot and >= 0 ? Path.Substring(0, dot) : "";

    /// <summary>Its name in that part.</summary>
    public string Name => Path.Substring(Path.IndexOf('.') + 1);

    /// <summary>Whether every family has it.</summary>
    public abstract bool IsShared { get; }

    /// <summary>
    /// Whether weights may fit a network with another value of it, tensor by tensor, and yet not be its weights: they were learned for the other function. Settings that shapes tell (channels, kernel, classes)
    /// need no such mark, and what weights do not depend on (the image's size, how they began, how much is dropped) has none.
    /// </summary>
    internal bool IsMeaning { get; init; }

    /// <summary>The settings in whose place it stands; nothing where it stands in none's.</summary>
    public Replacement? Replaces { get; init; }

    /// <summary>Whether of it and another a spec needs one alone, so that who gives the one takes back the other.</summary>
    public bool Excludes(Setting other) => StandsFor(other) || other.StandsFor(this);

    /// <summary>Whether it stands in the place of another.</summary>
    internal bool StandsFor(Setting other) => Replaces is { } replaced && replaced.Paths.Contains(other.Path);

    /// <summary>The name of the attribute that gives it to a family.</summary>
    public string AttributeOf(Family family) => Attribute ?? family.Name;

    /// <summary>Whether the family of a spec has the setting.</summary>
    public abstract bool Suits(ModelSpec spec);

    /// <summary>Whether a value is of its type, though perhaps out of its range; a choice may be given by its number, and a list as numbers.</summary>
    public abstract bool Takes(object? value);

    /// <summary>Its value in a spec that it suits.</summary>
    public abstract object? Get(ModelSpec spec);

    /// <summary>A spec that it suits with a value that it takes, and all else as it was.</summary>
    public abstract ModelSpec With(ModelSpec spec, object? value);

    /// <summary>What is wrong with its value in a spec; nothing where it does not suit, or another stands in its place.</summary>
    internal abstract IEnumerable<SpecError> Check(ModelSpec spec);

    /// <inheritdoc/>
    public sealed override string ToString() => Path;
}

/// <summary>Settings that another stands in the place of: a spec gives the one or the others.</summary>
/// <param name="Rule">The id of the rule that a spec with both breaks.</param>
/// <param name="Complaint">The words for it, with the name of the setting that is replaced at <c>{0}</c>.</param>
/// <param name="Paths">The settings that are replaced, each of which can be left out.</param>
public sealed record Replacement(string Rule, string Complaint, ValueList<string> Paths);

/// <summary>A setting with its types.</summary>
/// <typeparam name="TSpec">The specs that have it.</typeparam>
/// <typeparam name="T">Its values.</typeparam>
public sealed class Setting<TSpec, T> : Setting where TSpec : ModelSpec
{
    private static readonly Type Kind = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);

    private readonly Func<TSpec, T> _get;
    private readonly Func<TSpec, T, TSpec> _with;

    internal Setting(string path, string? attribute, string argument, Domain domain, Func<TSpec, T> get, Func<TSpec, T, TSpec> with) : base(path, attribute, argument, domain) =>
        (_get, _with) = (get, with);

    /// <inheritdoc/>
    public override bool IsShared => typeof(TSpec) == typeof(ModelSpec);

    /// <inheritdoc/>
    public override bool Suits(ModelSpec spec) => spec is TSpec;

    /// <inheritdoc/>
    public override bool Takes(object? value) => value is null ? default(T) is null : Kind.IsInstanceOfType(value) || (Kind.IsEnum && value is int);

    /// <inheritdoc/>
    public override object? Get(ModelSpec spec) => _get(Own(spec));

    /// <inheritdoc/>
    public override ModelSpec With(ModelSpec spec, object? value) =>
        Takes(value) ? _with(Own(spec), Kind.IsEnum && value is int number ? (T)Enum.ToObject(Kind, number) : (T)value!) : throw new ArgumentException($"{Path} takes no {value?.GetType().Name ?? "null"}.", nameof(value));

    internal override IEnumerable<SpecError> Check(ModelSpec spec) =>
        // Asked of what is wrong alone, which is rare.
        spec is TSpec own && _get(own) is { } value ? Domain.Check(Path, value).Where(_ => spec.InPlaceOf(this) is null) : [];

    private TSpec Own(ModelSpec spec) => spec as TSpec ?? throw new ArgumentException($"{spec.GetType().Name} has no {Path}.", nameof(spec));
}

/// <summary>A part of specs, whose settings have its name before theirs.</summary>
/// <param name="name">Its name in the spec.</param>
/// <param name="attribute">The attribute that describes it; <see langword="null"/> for the family's own.</param>
/// <param name="get">The part of a spec.</param>
/// <param name="with">A spec with another part.</param>
internal sealed class Part<TSpec, TPart>(string name, string? attribute, Func<TSpec, TPart> get, Func<TSpec, TPart, TSpec> with) where TSpec : ModelSpec
{
    /// <summary>A setting of the part; its argument is called like it unless told otherwise.</summary>
    public Setting<TSpec, T> Of<T>(string setting, Domain domain, Func<TPart, T> getOf, Func<TPart, T, TPart> withOf, string? argument = null, bool isPositional = false,
        Replacement? replaces = null, bool isMeaning = false) =>
        new($"{name}.{setting}", attribute, argument ?? setting, domain, spec => getOf(get(spec)), (spec, value) => with(spec, withOf(get(spec), value)))
        {
            IsPositional = isPositional,
            IsMeaning = isMeaning,
            Replaces = replaces,
        };
}
