// Ten ablations of the paper's network for LIDC, a line each: a variant has all settings of the network that it is of, and its own attributes change
// what they name. The compiler proves every one of them; see Generated/ for the code that it wrote.
using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Catalog;

namespace Variants;

[Variant(of: typeof(LidcNet)), Latent(2)] public sealed partial class Latent2;
[Variant(of: typeof(LidcNet)), Latent(12)] public sealed partial class Latent12;
[Variant(of: typeof(LidcNet)), Latent(6, Entry = LatentEntry.Bottleneck)] public sealed partial class LatentAtBottleneck;
[Variant(of: typeof(LidcNet)), Latent(6, Entry = LatentEntry.Input)] public sealed partial class LatentAtInput;
[Variant(of: typeof(LidcNet)), UNet(Normalization = Normalization.Group, Activation = Nonlinearity.Silu)] public sealed partial class GroupNormSilu;
[Variant(of: typeof(LidcNet)), UNet(Residual = true, ConvsPerBlock = 2)] public sealed partial class Residual;
[Variant(of: typeof(LidcNet)), UNet(Downsampling = Downsampling.StridedConv, Upsampling = Upsampling.TransposedConv)] public sealed partial class LearntResampling;
[Variant(of: typeof(LidcNet)), UNet(ConvsPerBlock = 1, Upsampling = Upsampling.Nearest)] public sealed partial class OneConv;
[Variant(of: typeof(LidcNet)), UNet(Depth = 4, BaseChannels = 48, Growth = 1.5)] public sealed partial class ShallowAndWide;
[Variant(of: typeof(LidcNet)), Prior(Channels = [16, 32, 64]), Posterior(Channels = [16, 32, 64])] public sealed partial class SmallEncoders;

internal static class Program
{
    private const int Samples = 16;

    private static readonly (string Name, string Change, ModelSpec Spec)[] Networks =
    [
        ("LidcNet", "the paper's", LidcNet.Spec),
        ("Latent2", "latent 2, not 6", Latent2.Spec),
        ("Latent12", "latent 12", Latent12.Spec),
        ("LatentAtBottleneck", "z at the deepest level", LatentAtBottleneck.Spec),
        ("LatentAtInput", "z at the image", LatentAtInput.Spec),
        ("GroupNormSilu", "group norm and SiLU", GroupNormSilu.Spec),
        ("Residual", "residual blocks of 2", Residual.Spec),
        ("LearntResampling", "strided and transposed", LearntResampling.Spec),
        ("OneConv", "blocks of 1, nearest", OneConv.Spec),
        ("ShallowAndWide", "4 levels from 48, x1.5", ShallowAndWide.Spec),
        ("SmallEncoders", "own prior and posterior", SmallEncoders.Spec),
        ("LidcDropoutNet", "Dropout U-Net", LidcDropoutNet.Spec),
        ("LidcEnsembleNet", "ensemble of 4", LidcEnsembleNet.Spec),
        ("LidcHeadsNet", "4 heads", LidcHeadsNet.Spec),
        ("LidcVaeNet", "Image2Image VAE", LidcVaeNet.Spec),
        ("LidcDeterministicNet", "one answer", LidcDeterministicNet.Spec),
    ];

    private static void Main()
    {
        Console.WriteLine("Ten ablations of the paper's network for LIDC, and the families that it is compared with, for one image of 1x128x128.");
        Console.WriteLine($"Nothing is run: shapes, parameters and costs are read off the graphs. MACs are multiply-adds, those of {Samples} samples with the prior.\n");
        Console.WriteLine($"{"network",-21}{"what is changed",-25}{"levels",-25}{"deepest",-12}{"parameters",11}{"GMACs for 1",13}{$"for {Samples}",8}");
        foreach (var (name, change, spec) in Networks)
        {
            var levels = spec.UNet.Levels();
            var halvings = 1 << (levels.Count - 1);
            var graph = GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(string.Join('\n', errors)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-21}{change,-25}{string.Join(' ', levels),-25}{$"{levels[^1]}x{spec.Image.Height / halvings}x{spec.Image.Width / halvings}",-12}{graph.ParameterCount,11:N0}{Giga(spec, graph, 1),13:F2}{Giga(spec, graph, Samples),8:F2}"));
        }
    }

    /// <summary>Billions of multiply-adds for some samples of one image: what is asked once an image, and what once a sample.</summary>
    private static double Giga(ModelSpec spec, Graph graph, int samples) => 1e-9 * graph.Functions.Sum(function => Cost.Of(function).MultiplyAdds * (spec, function.Name) switch
    {
        (_, "posterior") => 0,                     // training alone asks it
        (LatentVariableSpec, "combine") => samples,
        (DropoutUNetSpec, _) => samples,
        (UNetEnsembleSpec, var member) => Numbered.Parse(member)!.Value.Number < samples ? 1 : 0,
        _ => 1,
    });
}
