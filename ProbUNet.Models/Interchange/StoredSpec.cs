using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Models.Interchange;

/// <summary>The spec that a file with weights has in its metadata: which network they are of.</summary>
internal static class StoredSpec
{
    /// <summary>What the metadata call it.</summary>
    public const string Key = "probunet.spec";

    /// <summary>Metadata with a spec among them.</summary>
    /// <param name="spec">The network's.</param>
    /// <param name="others">What else they say; a spec there gives way.</param>
    public static IEnumerable<KeyValuePair<string, string>> In(ModelSpec spec, IEnumerable<KeyValuePair<string, string>>? others = null) =>
        (others ?? []).Where(each => each.Key != Key).Append(KeyValuePair.Create(Key, SpecJson.Write(spec)));

    /// <summary>The spec of a file; nothing where it has none.</summary>
    /// <exception cref="InputException">What it has there is no spec that this version knows.</exception>
    public static ModelSpec? Of(TensorFile file) => file.Metadata.TryGetValue(Key, out var json)
        ? SpecJson.Read(json).Match(
            spec => spec,
            errors => throw new InputException(file.Path, $"the spec in its metadata ({Key}) cannot be used ({OneLine.Of($"{errors[0].Path}: {errors[0].Message}".TrimStart(':', ' '))})", "write the file anew"))
        : null;

    /// <summary>Makes sure that weights whose tensors fit are those of the network; a file that does not say is believed.</summary>
    /// <param name="spec">The network's.</param>
    /// <param name="file">The weights.</param>
    /// <param name="remedy">What to do, where it is more than to declare the network so.</param>
    /// <exception cref="InputException">They mean something else in it.</exception>
    public static void Check(ModelSpec spec, TensorFile file, string? remedy = null)
    {
        if (Of(file) is { } learned)
            Check(spec, learned, file.Path, remedy);
    }

    /// <inheritdoc cref="Check(ModelSpec, TensorFile, string?)"/>
    /// <param name="spec">The network's.</param>
    /// <param name="learned">That of the network that the weights are of.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="remedy">What to do, where it is more than to declare the network so.</param>
    public static void Check(ModelSpec spec, ModelSpec learned, string source, string? remedy = null)
    {
        if (learned == spec)
            return;
        var (here, there) = (Families.Of(spec), Families.Of(learned));
        var told = here != there ? $"of a network of the family {there.Name}, and this one is of the family {here.Name}"
            : spec.OtherThan(learned) is { } setting ? FormattableString.Invariant($"of a network with {setting} {setting.Get(learned)}, and this one has {setting.Get(spec)}")
            : null;
        if (told is not null)
            throw new InputException(source, $"its weights are {told}", $"declare the network so{remedy}");
    }
}
