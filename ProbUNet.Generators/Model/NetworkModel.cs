using Microsoft.CodeAnalysis.CSharp;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Generators;

/// <summary>What the symbols of a class with attributes of ours say, before anything is made of it: plain values, equal when nothing that counts has changed.</summary>
/// <param name="Type">Where the code goes.</param>
/// <param name="Spec">What the attributes say; nothing where none of them makes the class a network.</param>
/// <param name="Names">The names that the user gives around the code.</param>
/// <param name="Obstacle">Why no code can be written there, whatever the network is; nothing if it can.</param>
/// <param name="Weights">The weights that come with it; nothing if none do.</param>
/// <param name="Misfits">What is wrong with the attributes, whatever they say of the spec.</param>
internal sealed record NetworkDeclaration(TypeModel Type, ModelSpec? Spec, UserNames Names, Obstacle? Obstacle, WeightsModel? Weights, ValueList<Finding> Misfits)
{
    /// <summary>The one judgement, for the generator and for the analyzer: the graph that is declared, or why there is none.</summary>
    public NetworkModel Judge(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Spec is null)
            return new(Type, null, null, null, HasPlace: false, Misfits);
        var network = GraphBuilder.Build(Spec);
        cancellation.ThrowIfCancellationRequested();
        var problem = Obstacle?.Problem ?? Names.Clash(MemberNames.DeclaredFor(Spec, network, Weights), MemberNames.CalledFor(network, cancellation));
        // Of a variant of something else, and of what cannot be read, nobody knows what it was meant to be.
        if (Misfits.Any(misfit => misfit.Rule is Rules.VariantOf or Rules.Unread))
            return new(Type, Spec, Weights, null, problem is null, Misfits);
        ValueList<Finding> findings =
        [
            .. Misfits,
            .. problem is null ? [] : new[] { new Finding(Rules.Declaration, problem, new Subject.OnClass()) },
            .. network.Match(_ => [], errors => errors).Select(error => new Finding(error.Id, error.Message, new Subject.OnSetting(error.Path)) { Remedies = error.Remedies }),
            .. Spec.Advise().Select(warning => new Finding(warning.Id, warning.Message, new Subject.OnSetting(warning.Path))),
        ];
        return new(Type, Spec, Weights, findings.Any(finding => finding.IsError) ? null : network.Match(graph => graph, _ => throw new InvalidOperationException("An error is none by its rule.")), problem is null, findings);
    }
}

/// <summary>Weights that come with a network's assembly.</summary>
/// <param name="Path">The file, as it is called from the assembly's folder.</param>
/// <param name="Sha256">Its checksum.</param>
internal sealed record WeightsModel(string Path, string Sha256);

/// <summary>What stands in the way of writing code into a class.</summary>
/// <param name="Problem">What is wrong, with the remedy in words.</param>
/// <param name="Mend">The modifier that is all that stands there; nothing where more does.</param>
internal sealed record Obstacle(string Problem, ModifierChange? Mend = null)
{
    /// <summary>Words alone, where no modifier mends it.</summary>
    public static implicit operator Obstacle(string problem) => new(problem);
}

/// <summary>A modifier to be written or removed.</summary>
/// <param name="Outwards">Whose: 0 for the class itself, 1 for the type around it, and so on.</param>
/// <param name="Modifier">Which.</param>
/// <param name="IsMissing">Whether it has to be written on every part; otherwise it has to go.</param>
internal readonly record struct ModifierChange(int Outwards, SyntaxKind Modifier, bool IsMissing);

/// <summary>The names in the scope of generated members that the user has given.</summary>
/// <param name="Class">The class.</param>
/// <param name="TypeParameters">Its type parameters.</param>
/// <param name="Members">The members of its parts that are written by hand.</param>
internal sealed record UserNames(string Class, ValueList<string> TypeParameters, ValueList<string> Members)
{
    /// <summary>What is wrong with the first that generated code needs for itself; nothing if none is. A class may have the name of what it inherits, and so of what is only called.</summary>
    public string? Clash(ISet<string> declared, ISet<string> called)
    {
        bool IsTaken(string name) => declared.Contains(name) || called.Contains(name);
        return declared.Contains(Class) ? $"{Class} is a name that generated code needs for a member: give the class another one"
            : TypeParameters.FirstOrDefault(IsTaken) is { } parameter ? $"{Class} has a type parameter {parameter}, a name that generated code needs: give yours another one"
            : Members.FirstOrDefault(IsTaken) is { } member ? $"{Class} has a member {member}, a name that generated code needs: give yours another one"
            : null;
    }
}

/// <summary>All that the emitter needs to know of a declared network: plain values, equal when the declarations mean the same.</summary>
/// <param name="Type">Where the code goes.</param>
/// <param name="Spec">What the attributes say; nothing where none of them makes the class a network.</param>
/// <param name="Weights">The weights that come with it; nothing if none do.</param>
/// <param name="Graph">Its graph, built once; nothing where there are errors, so that only a skeleton is written.</param>
/// <param name="HasPlace">Whether code can be written into its class.</param>
/// <param name="Findings">What is wrong with the declaration, and unwise.</param>
internal sealed record NetworkModel(TypeModel Type, ModelSpec? Spec, WeightsModel? Weights, Graph? Graph, bool HasPlace, ValueList<Finding> Findings)
{
    /// <summary>What is wrong with it in a project, and unwise: the generator writes the errors, the analyzer finds the place of all.</summary>
    public IEnumerable<Finding> FindingsIn(Surroundings surroundings) => Spec is not null && surroundings.ProblemOf(Type) is { } lacking ? Findings.Append(lacking) : Findings;

    /// <summary>Equal declarations have equal graphs: of two, only what is declared is compared.</summary>
    public bool Equals(NetworkModel? other) => other is not null && Type == other.Type && Spec == other.Spec && Weights == other.Weights && HasPlace == other.HasPlace && Findings.Equals(other.Findings);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked(Type.GetHashCode() * 31 + (Spec?.GetHashCode() ?? 0));
}

/// <summary>The partial class that a network is written into.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Outer">The headers of the types around it, outermost first, for example <c>partial class Experiments</c>.</param>
/// <param name="Header">Its own header, for example <c>partial class LidcNet&lt;T&gt;</c>.</param>
/// <param name="Name">Its simple name, which constructors have.</param>
/// <param name="HintName">The name of the generated file, unique in a compilation.</param>
internal sealed record TypeModel(string Namespace, ValueList<string> Outer, string Header, string Name, string HintName)
{
    /// <summary>How code within it calls it, for example <c>LidcNet&lt;T&gt;</c>.</summary>
    public string Self => Header.Substring("partial class ".Length);
}

/// <summary>What the compilation offers to generated code.</summary>
/// <param name="HasRuntime">Whether ProbUNet.Models is referenced.</param>
/// <param name="HasCollectionExpressions">Whether the language version is 12 or newer.</param>
/// <param name="OtherVersion">The library that is referenced in another version than the generator's, and that version: ProbUNet.Dsl may have settings that the generator's own copy of the language does not know, ProbUNet.Models other functions to call.</param>
internal readonly record struct Surroundings(bool HasRuntime, bool HasCollectionExpressions, string? OtherVersion)
{
    /// <summary>The version of the generator, which the language that it reads and the library that it writes for have to have as well.</summary>
    public static Version GeneratorVersion { get; } = typeof(Surroundings).Assembly.GetName().Version;

    /// <summary>What it lacks for a network; nothing if it lacks nothing.</summary>
    public Finding? ProblemOf(TypeModel type)
    {
        var problem =
            !HasRuntime ? $"The project declares the network {type.Name} but does not reference ProbUNet.Models, which runs it: add the reference"
            : OtherVersion is not null ? $"The project references {OtherVersion} and the generator of {GeneratorVersion.ToString(3)}, which knows its own version alone: reference one version of all packages of ProbUNet"
            : !HasCollectionExpressions ? $"The network {type.Name} needs C# 12 or newer: set LangVersion to 12 or higher"
            : null;
        return problem is null ? null : new Finding(Rules.Surroundings, problem, new Subject.OnClass());
    }
}
