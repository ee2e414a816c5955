using System.Globalization;
using ProbUNet.Dsl;

namespace ProbUNet.Testing;

/// <summary>Writes a spec as the attributes that declare it: the inverse of the generator's parser.</summary>
public static class SpecAttributes
{
    public static string Write(ModelSpec spec, string className, string modifiers = "public sealed partial") => string.Join('\n',
        Parts(spec).Select(part => $"[{part.Name}({string.Join(", ", part.Arguments)})]").Append($"{modifiers} class {className};"));

    /// <summary>The attributes of a spec with their arguments.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<string> Arguments)> Parts(ModelSpec spec)
    {
        yield return (Families.Of(spec).Name,
        [
            $"ImageChannels = {spec.Image.Channels}", $"Classes = {spec.Classes}", $"Height = {spec.Image.Height}", $"Width = {spec.Image.Width}", $"SizePolicy = {Choice(spec.SizePolicy)}",
            .. spec switch
            {
                DropoutUNetSpec dropout => [$"Rate = {Real(dropout.Rate)}", $"Blocks = {dropout.Blocks}"],
                UNetEnsembleSpec ensemble => [$"Members = {ensemble.Members}"],
                MultiHeadUNetSpec heads => [$"Heads = {heads.Heads}"],
                _ => (string[])[],
            },
        ]);
        yield return ("UNet", UNet(spec.UNet));
        if (spec is LatentVariableSpec latent)
        {
            yield return ("Latent", [$"{latent.Latent.Dimension}", $"Entry = {Choice(latent.Latent.Entry)}"]);
            yield return ("Posterior", [.. Encoder(latent.Posterior), $"Mask = {Choice(latent.MaskEncoding)}"]);
            yield return ("Combiner", [$"Convs = {latent.Combiner.Convs}", .. latent.Combiner.Width is { } width ? [$"Width = {width}"] : (string[])[]]);
        }
        if (spec is ProbabilisticUNetSpec probabilistic)
            yield return ("Prior", [.. Encoder(probabilistic.Prior)]);
    }

    private static string[] UNet(UNetSpec unet) =>
    [
        .. unet.Channels is { } channels ? [$"Channels = {Ints(channels)}"] : (string[])[],
        .. unet.Depth is { } depth ? [$"Depth = {depth}"] : (string[])[],
        .. unet.Width is { } width ? [$"Width = {width}"] : (string[])[],
        .. unet.Growth is { } growth ? [$"Growth = {Real(growth)}"] : (string[])[],
        $"ConvsPerBlock = {unet.ConvsPerBlock}",
        $"Kernel = {unet.Kernel}",
        $"Padding = {Choice(unet.Padding)}",
        $"Activation = {Choice(unet.Activation)}",
        $"Normalization = {Choice(unet.Normalization)}",
        $"Groups = {unet.Groups}",
        $"Downsampling = {Choice(unet.Downsampling)}",
        $"Upsampling = {Choice(unet.Upsampling)}",
        $"Residual = {(unet.Residual ? "true" : "false")}",
        $"Dropout = {Real(unet.Dropout)}",
        $"Initialization = {Choice(unet.Initialization)}",
        $"Biases = {Choice(unet.Biases)}",
    ];

    private static string Choice<T>(T value) where T : struct, Enum => $"({typeof(T).Name})({Convert.ToInt32(value)})";

    private static string Real(double value) =>
        double.IsNaN(value) ? "double.NaN" : double.IsNegativeInfinity(value) ? "double.NegativeInfinity" : value.ToString("R", CultureInfo.InvariantCulture) + "d";

    private static IEnumerable<string> Encoder(EncoderSpec encoder)
    {
        if (encoder.Channels is { } channels)
            yield return $"Channels = {Ints(channels)}";
        if (encoder.ConvsPerBlock is { } convs)
            yield return $"ConvsPerBlock = {convs}";
    }

    private static string Ints(ValueList<int> values) => $"[{string.Join(", ", values)}]";
}
