using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Generators;

/// <summary>How generated code calls what it writes, and what it calls: the names that the user's part of a class must leave to it.</summary>
internal static class MemberNames
{
    // Members of the base classes that generated code calls whatever its graph is; one of the user's would hide them.
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

    private static readonly string[] Helpers = [CheckShape, CheckBatch, CheckSamples, CheckCount, NoSuch, Complete, Spec, Declared];

    /// <summary>The methods that the base class of each family asks for.</summary>
    private static readonly Dictionary<Family, string[]> Asked = Families.All.ToDictionary(
        family => family, family => UsualGraph(family).Functions.Select(function => Method(Numbered.ListOf(function.Name))).ToArray());

    /// <summary>The method that makes a network with the weights that come with it.</summary>
    public const string Pretrained = nameof(Pretrained);

    /// <summary>The names that generated code writes or calls for a network.</summary>
    public static IEnumerable<string> Of(ModelSpec spec, Outcome<Graph, ValueList<SpecError>> network, WeightsModel? weights) => Helpers
        .Concat(weights is null ? [] : [Pretrained])
        .Concat(Asked[Families.Of(spec)])
        .Concat(network.Match(
            graph => graph.Layers.Select(layer => Field(layer.Layer))
                .Concat(graph.Layers.Select(layer => layer.Creation.Method))
                .Concat(Lowering.Of(graph).Functions.SelectMany(Calls).Where(call => call.Layer is null).Select(call => call.Method))
                .Concat(graph.Functions.Select(function => Method(function.Name))),
            _ => []))
        .Distinct();

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
