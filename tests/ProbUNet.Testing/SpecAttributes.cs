using ProbUNet.Dsl;

namespace ProbUNet.Testing;

/// <summary>Writes a spec as the attributes that declare it: the inverse of the generator's parser.</summary>
public static class SpecAttributes
{
    public static string Write(ProbabilisticUNetSpec spec, string className, string modifiers = "public sealed partial") =>
        $"""
        [ProbabilisticUNet(ImageChannels = {spec.Image.Channels}, Classes = {spec.Classes}, Height = {spec.Image.Height}, Width = {spec.Image.Width})]
        [UNet({string.Join(", ", UNet(spec.UNet))})]
        [Latent({spec.Latent.Dimension})]
        [Prior({string.Join(", ", Encoder(spec.Prior))})]
        [Posterior({string.Join(", ", Encoder(spec.Posterior).Append($"Mask = {Choice(spec.MaskEncoding)}"))})]
        [Combiner(Convs = {spec.Combiner.Convs}{(spec.Combiner.Width is { } width ? $", Width = {width}" : "")})]
        {modifiers} class {className};
        """;

    private static string[] UNet(UNetSpec unet) =>
    [
        $"Channels = {Ints(unet.Channels)}",
        $"ConvsPerBlock = {unet.ConvsPerBlock}",
        $"Kernel = {unet.Kernel}",
        $"Padding = {Choice(unet.Padding)}",
        $"Activation = {Choice(unet.Activation)}",
        $"Normalization = {Choice(unet.Normalization)}",
        $"Groups = {unet.Groups}",
        $"Downsampling = {Choice(unet.Downsampling)}",
        $"Upsampling = {Choice(unet.Upsampling)}",
        $"Residual = {(unet.Residual ? "true" : "false")}",
        $"Initialization = {Choice(unet.Initialization)}",
    ];

    private static string Choice<T>(T value) where T : struct, Enum => $"({typeof(T).Name})({Convert.ToInt32(value)})";

    private static IEnumerable<string> Encoder(EncoderSpec encoder)
    {
        if (encoder.Channels is { } channels)
            yield return $"Channels = {Ints(channels)}";
        if (encoder.ConvsPerBlock is { } convs)
            yield return $"ConvsPerBlock = {convs}";
    }

    private static string Ints(ValueList<int> values) => $"[{string.Join(", ", values)}]";
}
