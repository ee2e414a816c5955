using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Generators;

/// <summary>How generated code calls what it writes, and what it calls: the names that the user's part of a class must leave to it.</summary>
internal static class MemberNames
{
    // Members of the base classes that generated code calls whatever its graph is.
    public const string CheckShape = nameof(CheckShape);
    public const string CheckBatch = nameof(CheckBatch);
    public const string CheckSamples = nameof(CheckSamples);
    public const string CheckCount = nameof(CheckCount);
    public const string NoSuch = nameof(NoSuch);
    public const string Complete = nameof(Complete);

    /// <summary>The static property of the spec.</summary>
    public const string Spec = nameof(Spec);

    /// <summary>The class within the network's that holds it.</summary>
    public const string Declared = nameof(Declared);

    private static readonly string[] Helpers = [CheckShape, CheckBatch, CheckSamples, CheckCount, NoSuch, Complete];

    /// <summary>The methods that the base class of each family asks for.</summary>
    private static readonly Dictionary<Family, string[]> Asked = Families.All.ToDictionary(
        family => family, family => UsualGraph(family).Functions.Select(function => Method(Numbered.ListOf(function.Name))).ToArray());

    /// <summary>The method that makes a network with the weights that come with it.</summary>
    public const string Pretrained = nameof(Pretrained);

    /// <summary>The members that generated code declares for a network: no class has one of its own name.</summary>
    public static HashSet<string> DeclaredFor(ModelSpec spec, Outcome<Graph, ValueList<SpecError>> network, WeightsModel? weights) =>
    [
        Spec, Declared,
        .. weights is null ? [] : new[] { Pretrained },
        .. Asked[Families.Of(spec)],
        .. network.Match(graph => graph.Layers.Select(layer => Field(layer.Layer)).Concat(graph.Functions.Select(function => Method(function.Name))), _ => []),
    ];

    /// <summary>The inherited members that it calls: another member of such a name, or a type parameter, would hide one.</summary>
    public static HashSet<string> CalledFor(Outcome<Graph, ValueList<SpecError>> network, CancellationToken cancellation) =>
    [
        .. Helpers,
        .. network.Match(
            graph =>
            {
                cancellation.ThrowIfCancellationRequested();
                var lowered = Lowering.Of(graph);
                cancellation.ThrowIfCancellationRequested();
                return graph.Layers.Select(layer => layer.Creation.Method).Concat(lowered.Functions.SelectMany(Calls).Where(call => call.Layer is null).Select(call => call.Method));
            },
            _ => []),
    ];

    /// <summary>What each node of a function calls.</summary>
    private static IEnumerable<OperatorCall> Calls(GraphFunction function) => Enumerable.Range(0, function.Nodes.Count).Select(Lifetimes.Of(function).CallOf);

    /// <summary>The graph of a family with all its defaults.</summary>
    public static Graph UsualGraph(Family family) => GraphBuilder.Build(family.Defaults).Match(
        graph => graph,
        errors => throw new InvalidOperationException($"A spec without errors has some: {errors}"));

    /// <summary>The method of a function: <c>Logits0</c> of <c>logits.0</c>.</summary>
    public static string Method(string function) => char.ToUpperInvariant(function[0]) + function.Substring(1).Replace(".", "");

    /// <summary>The field of a layer: <c>_unetEncoder0Conv1</c> of <c>unet.encoder0.conv1</c>.</summary>
    public static string Field(string layer) => "_" + Camel(layer);

    /// <summary>A dotted name in one word: <c>encoder0Conv1</c> of <c>encoder0.conv1</c>.</summary>
    public static string Camel(string dotted)
    {
        var parts = dotted.Split('.');
        return parts[0] + string.Concat(parts.Skip(1).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));
    }
}
