using System.Text.RegularExpressions;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using ProbUNet.Dsl.Graphs;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Dsl.FSharp;

/// <summary>A spec that was accepted, with its graph.</summary>
/// <param name="Spec">What the network is.</param>
/// <param name="Graph">What it computes.</param>
public sealed partial record Network(ModelSpec Spec, Graph Graph)
{
    /// <summary>What it is, in a line: what F# Interactive shows.</summary>
    public override string ToString() => Families.InALine(Spec);

    /// <summary>A Probabilistic U-Net for images; every other setting has the paper's value for LIDC.</summary>
    public static ProbabilisticUNetSpec probabilisticUNet(ImageSpec image) => new() { Image = image };

    /// <summary>A Dropout U-Net for images, likewise.</summary>
    public static DropoutUNetSpec dropoutUNet(ImageSpec image) => new() { Image = image };

    /// <summary>An ensemble of plain U-Nets for images, likewise.</summary>
    public static UNetEnsembleSpec unetEnsemble(ImageSpec image) => new() { Image = image };

    /// <summary>A U-Net with several heads for images, likewise.</summary>
    public static MultiHeadUNetSpec multiHeadUNet(ImageSpec image) => new() { Image = image };

    /// <summary>An Image2Image VAE for images, likewise.</summary>
    public static ImageToImageVaeSpec imageToImageVae(ImageSpec image) => new() { Image = image };

    /// <summary>A plain U-Net for images, likewise.</summary>
    public static DeterministicUNetSpec deterministicUNet(ImageSpec image) => new() { Image = image };

    /// <summary>The images that go in.</summary>
    public static FSharpFunc<TSpec, TSpec> image<TSpec>(ImageSpec image) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithImage(image));

    /// <summary>Channels that come out: 1 is a Bernoulli logit, K ≥ 2 a softmax.</summary>
    public static FSharpFunc<TSpec, TSpec> classes<TSpec>(int count) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithClasses(count));

    /// <summary>What happens to a size that the poolings do not divide.</summary>
    public static FSharpFunc<TSpec, TSpec> sizePolicy<TSpec>(SizePolicy policy) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithSizePolicy(policy));

    /// <summary>Channels of each level of the U-Net; their number is the depth. Takes back <see cref="depth"/>, <see cref="baseChannels"/> and <see cref="growth"/> that were given before it, as each of them takes back the channels.</summary>
    public static FSharpFunc<TSpec, TSpec> channels<TSpec>(FSharpList<int> levels) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithChannels([.. levels]));

    /// <summary>The number of levels of the U-Net, whose channels are made of depth, base channels and growth. Takes back <see cref="channels"/> that were given before it.</summary>
    public static FSharpFunc<TSpec, TSpec> depth<TSpec>(int levels) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithDepth(levels));

    /// <summary>Channels of the U-Net's first level; likewise.</summary>
    public static FSharpFunc<TSpec, TSpec> baseChannels<TSpec>(int channels) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithBaseChannels(channels));

    /// <summary>By what the channels grow from level to level; likewise.</summary>
    public static FSharpFunc<TSpec, TSpec> growth<TSpec>(double factor) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithGrowth(factor));

    /// <summary>Convolutions in each block.</summary>
    public static FSharpFunc<TSpec, TSpec> convsPerBlock<TSpec>(int count) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithConvsPerBlock(count));

    /// <summary>The side of their kernels.</summary>
    public static FSharpFunc<TSpec, TSpec> kernel<TSpec>(int side) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithKernel(side));

    /// <summary>What lies beyond the edge of a map.</summary>
    public static FSharpFunc<TSpec, TSpec> padding<TSpec>(PaddingMode mode) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithPadding(mode));

    /// <summary>The nonlinearity.</summary>
    public static FSharpFunc<TSpec, TSpec> activation<TSpec>(Nonlinearity kind) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithActivation(kind));

    /// <summary>What stands between a convolution and its activation.</summary>
    public static FSharpFunc<TSpec, TSpec> normalization<TSpec>(Normalization kind) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithNormalization(kind));

    /// <summary>Groups of a normalisation by groups; with any other they do nothing, and <see cref="warnings"/> say so.</summary>
    public static FSharpFunc<TSpec, TSpec> groups<TSpec>(int count) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithGroups(count));

    /// <summary>How a level's size is halved.</summary>
    public static FSharpFunc<TSpec, TSpec> downsampling<TSpec>(Downsampling kind) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithDownsampling(kind));

    /// <summary>How a level's size is doubled.</summary>
    public static FSharpFunc<TSpec, TSpec> upsampling<TSpec>(Upsampling kind) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithUpsampling(kind));

    /// <summary>Whether a block's input is added to its output.</summary>
    public static FSharpFunc<TSpec, TSpec> residual<TSpec>(bool whether) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithResidual(whether));

    /// <summary>The probability that a value is dropped before each block but the first, wherever random numbers are given.</summary>
    public static FSharpFunc<TSpec, TSpec> dropout<TSpec>(double rate) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithDropout(rate));

    /// <summary>How the weights of convolutions start.</summary>
    public static FSharpFunc<TSpec, TSpec> initialization<TSpec>(Initialization kind) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithInitialization(kind));

    /// <summary>How the biases of convolutions start.</summary>
    public static FSharpFunc<TSpec, TSpec> biases<TSpec>(BiasInitialization kind) where TSpec : ModelSpec => Change<TSpec>(spec => spec.WithBiases(kind));

    /// <summary>The dimension of the latent. This and what follows is of families that have one: for another, and behind <see cref="ofAnyFamily"/>, the compiler says FS0193 (type constraint mismatch).</summary>
    public static FSharpFunc<TSpec, TSpec> latent<TSpec>(int dimension) where TSpec : ModelSpec, ILatentVariableSpec => ChangeLatent<TSpec>(spec => spec.WithLatent(dimension));

    /// <summary>Where z enters.</summary>
    public static FSharpFunc<TSpec, TSpec> latentEntry<TSpec>(LatentEntry entry) where TSpec : ModelSpec, ILatentVariableSpec => ChangeLatent<TSpec>(spec => spec.WithLatentEntry(entry));

    /// <summary>Channels of each level of the posterior's encoder; the U-Net's if never set.</summary>
    public static FSharpFunc<TSpec, TSpec> posteriorChannels<TSpec>(FSharpList<int> levels) where TSpec : ModelSpec, ILatentVariableSpec => ChangeLatent<TSpec>(spec => spec.WithPosteriorChannels([.. levels]));

    /// <summary>Convolutions in each block of the posterior's encoder; the U-Net's if never set.</summary>
    public static FSharpFunc<TSpec, TSpec> posteriorConvsPerBlock<TSpec>(int count) where TSpec : ModelSpec, ILatentVariableSpec => ChangeLatent<TSpec>(spec => spec.WithPosteriorConvsPerBlock(count));

    /// <summary>How the posterior sees the mask.</summary>
    public static FSharpFunc<TSpec, TSpec> maskEncoding<TSpec>(MaskEncoding encoding) where TSpec : ModelSpec, ILatentVariableSpec => ChangeLatent<TSpec>(spec => spec.WithMaskEncoding(encoding));

    /// <summary>All convolutions of the combiner, the last included.</summary>
    public static FSharpFunc<TSpec, TSpec> combinerConvs<TSpec>(int count) where TSpec : ModelSpec, ILatentVariableSpec => ChangeLatent<TSpec>(spec => spec.WithCombinerConvs(count));

    /// <summary>Channels between the combiner's convolutions; those of the U-Net's first level if never set.</summary>
    public static FSharpFunc<TSpec, TSpec> combinerChannels<TSpec>(int channels) where TSpec : ModelSpec, ILatentVariableSpec => ChangeLatent<TSpec>(spec => spec.WithCombinerChannels(channels));

    /// <summary>Channels of each level of the prior's encoder; the U-Net's if never set.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> priorChannels(FSharpList<int> levels) => Change<ProbabilisticUNetSpec>(spec => spec.WithPriorChannels([.. levels]));

    /// <summary>Convolutions in each block of the prior's encoder; the U-Net's if never set.</summary>
    public static FSharpFunc<ProbabilisticUNetSpec, ProbabilisticUNetSpec> priorConvsPerBlock(int count) => Change<ProbabilisticUNetSpec>(spec => spec.WithPriorConvsPerBlock(count));

    /// <summary>The probability that a value before an innermost block is dropped.</summary>
    public static FSharpFunc<DropoutUNetSpec, DropoutUNetSpec> rate(double probability) => Change<DropoutUNetSpec>(spec => spec.WithRate(probability));

    /// <summary>How many of the innermost blocks of encoder and decoder have dropout before them.</summary>
    public static FSharpFunc<DropoutUNetSpec, DropoutUNetSpec> blocks(int count) => Change<DropoutUNetSpec>(spec => spec.WithBlocks(count));

    /// <summary>Members of the ensemble.</summary>
    public static FSharpFunc<UNetEnsembleSpec, UNetEnsembleSpec> members(int count) => Change<UNetEnsembleSpec>(spec => spec.WithMembers(count));

    /// <summary>Heads of the network.</summary>
    public static FSharpFunc<MultiHeadUNetSpec, MultiHeadUNetSpec> heads(int count) => Change<MultiHeadUNetSpec>(spec => spec.WithHeads(count));

    /// <summary>The same spec as one of any family, so that several families fit into one list; what is one family's own is said before it.</summary>
    public static ModelSpec ofAnyFamily(ModelSpec spec) => spec;

    /// <summary>The network of a spec, or every rule that the spec breaks.</summary>
    public static FSharpResult<Network, FSharpList<SpecError>> build(ModelSpec spec) => GraphBuilder.Build(spec).Match(
        graph => FSharpResult<Network, FSharpList<SpecError>>.NewOk(new Network(spec, graph)),
        errors => FSharpResult<Network, FSharpList<SpecError>>.NewError(ListModule.OfSeq(errors)));

    /// <summary>The errors of <see cref="build"/> in words, a line each, with the functions that give the settings at fault: <c>Network.build |> Result.mapError Network.explain</c>.</summary>
    public static string explain(FSharpList<SpecError> errors) => Explained(errors.Select(error => (error.Id, error.Path, error.Message)));

    /// <summary>The same of <see cref="warnings"/>: <c>network |> Network.warnings |> Network.explainWarnings</c>; empty where there are none.</summary>
    public static string explainWarnings(FSharpList<SpecWarning> warnings) => Explained(warnings.Select(warning => (warning.Id, warning.Path, warning.Message)));

    /// <summary>The network of a document of JSON, or what is wrong with it.</summary>
    public static FSharpResult<Network, FSharpList<SpecError>> ofJson(string json) => SpecJson.Read(json).Match(
        build,
        errors => FSharpResult<Network, FSharpList<SpecError>>.NewError(ListModule.OfSeq(errors)));

    /// <summary>What is unwise about a network, though it works. <see cref="explainWarnings"/> says it by functions, and so does a training, in its first step.</summary>
    public static FSharpList<SpecWarning> warnings(Network network) => ListModule.OfSeq(network.Spec.Advise());

    /// <summary>The number of trainable values.</summary>
    public static long parameterCount(Network network) => network.Graph.ParameterCount;

    /// <summary>What one call of each of its functions costs for one image.</summary>
    public static FSharpList<Tuple<string, Cost>> costs(Network network) => ListModule.OfSeq(network.Graph.Functions.Select(function => Tuple.Create(function.Name, Cost.Of(function))));

    /// <summary>Its functions as a table of shapes, parameters and costs.</summary>
    public static string table(Network network) => Rendering.ShapeTable.Write(network.Graph);

    /// <summary>Its functions as a drawing under a title, SVG: title → network.</summary>
    public static FSharpFunc<Network, string> svg(string title) => FuncConvert.FromFunc((Network network) => Rendering.Diagram.Svg(network.Graph, title));

    /// <summary>Its functions as a Mermaid diagram for Markdown.</summary>
    public static string mermaid(Network network) => Rendering.Diagram.Mermaid(network.Graph);

    /// <summary>The spec as JSON.</summary>
    public static string toJson(Network network) => SpecJson.Write(network.Spec);

    /// <summary>What gives a setting here, by its path in the spec; what is no such path, as in documents, stays as it is.</summary>
    internal static string FunctionOf(string path) => Settings.All.FirstOrDefault(setting => setting.Path == path.Split('[')[0]) switch
    {
        null => path,
        { Part: "Image", Name: var name } => $"the image's {Camel(name)}",
        { Part: "Latent", Name: "Dimension" } => "Network.latent",
        { Part: "" or "UNet", Name: var name } => $"Network.{Camel(name)}",
        { Part: var part, Name: var name } => $"Network.{Camel(part)}{name}",
    };

    private static string Explained(IEnumerable<(string Id, string Path, string Message)> findings) =>
        string.Join("\n", findings.Select(found => $"{found.Id} {FunctionOf(found.Path)}: {Lists().Replace(found.Message, list => $"[ {list.Groups[1].Value.Replace(", ", "; ")} ]")}"));

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    /// <summary>Lists of numbers, as C# writes them.</summary>
    [GeneratedRegex(@"\[(\d+(?:, \d+)*)\]", RegexOptions.CultureInvariant)]
    private static partial Regex Lists();

    private static FSharpFunc<TSpec, TSpec> Change<TSpec>(Func<TSpec, TSpec> change) => FuncConvert.FromFunc(change);

    /// <summary>A change of what all families with a latent have; it copies the record, and a copy is of its original's family.</summary>
    private static FSharpFunc<TSpec, TSpec> ChangeLatent<TSpec>(Func<LatentVariableSpec, LatentVariableSpec> change) where TSpec : ModelSpec, ILatentVariableSpec =>
        FuncConvert.FromFunc((TSpec spec) => (TSpec)(ModelSpec)change((LatentVariableSpec)(ModelSpec)spec));
}

/// <summary>Images, for the families of <see cref="Network"/>.</summary>
public static class Image
{
    /// <summary>Grey images [N, 1, height, width].</summary>
    public static FSharpFunc<int, ImageSpec> gray(int height) => FuncConvert.FromFunc((int width) => new ImageSpec(1, height, width));

    /// <summary>Colour images [N, 3, height, width].</summary>
    public static FSharpFunc<int, ImageSpec> rgb(int height) => FuncConvert.FromFunc((int width) => new ImageSpec(3, height, width));
}
