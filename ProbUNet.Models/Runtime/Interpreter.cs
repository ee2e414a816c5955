using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>Makes a live network of any spec value at run time, with no generated code.</summary>
public static class Interpreter
{
    /// <summary>The network of a spec with initial weights: the very values that the generated class has for the same seed.</summary>
    /// <param name="spec">Of any family.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <param name="device">Where they live; the CPU if left out.</param>
    /// <returns>The network, of its family's class, or every rule that the spec breaks.</returns>
    public static Outcome<SegmentationModel, ValueList<SpecError>> Create(ModelSpec spec, long seed = 0, Device? device = null) =>
        GraphBuilder.Build(spec).Map(graph => Create(spec, Lowering.Of(graph), seed, device));

    /// <inheritdoc cref="Create(ModelSpec, long, Device?)"/>
    public static Outcome<ProbabilisticUNetModel, ValueList<SpecError>> Create(ProbabilisticUNetSpec spec, long seed = 0, Device? device = null) =>
        Create((ModelSpec)spec, seed, device).Map(model => (ProbabilisticUNetModel)model);

    /// <summary>The network of a spec that computes a graph: how laws hold passes against what they started from.</summary>
    internal static SegmentationModel Create(ModelSpec spec, Graph graph, long seed, Device? device)
    {
        SegmentationModel model = spec switch
        {
            ProbabilisticUNetSpec probabilistic => new ProbabilisticUNetModel(probabilistic, seed),
            ImageToImageVaeSpec vae => new ImageToImageVaeModel(vae, seed),
            DropoutUNetSpec dropout => new DropoutUNetModel(dropout, seed),
            UNetEnsembleSpec ensemble => new UNetEnsembleModel(ensemble, seed),
            MultiHeadUNetSpec heads => new MultiHeadUNetModel(heads, seed),
            DeterministicUNetSpec deterministic => new DeterministicUNetModel(deterministic, seed),
            _ => throw new InvalidOperationException($"{spec.GetType().Name} cannot run."),   // the hierarchy is closed
        };
        model.RunGraph(graph, device);
        return model;
    }
}
