using ProbUNet.Dsl;

namespace ProbUNet.Testing;

/// <summary>Writes a spec as the attributes that declare it: the inverse of the generator's parser.</summary>
public static class SpecAttributes
{
    public static string Write(ProbabilisticUNetSpec spec, string className, string modifiers = "public sealed partial") =>
        $"""
        [ProbabilisticUNet(ImageChannels = {spec.Image.Channels}, Classes = {spec.Classes}, Height = {spec.Image.Height}, Width = {spec.Image.Width})]
        [UNet(Channels = {Ints(spec.UNet.Channels)}, ConvsPerBlock = {spec.UNet.ConvsPerBlock})]
        [Latent({spec.Latent.Dimension})]
        [Prior({string.Join(", ", Encoder(spec.Prior))})]
        [Posterior({string.Join(", ", Encoder(spec.Posterior).Append($"Mask = (MaskEncoding)({(int)spec.MaskEncoding})"))})]
        [Combiner(Convs = {spec.Combiner.Convs})]
        {modifiers} class {className};
        """;

    private static IEnumerable<string> Encoder(EncoderSpec encoder)
    {
        if (encoder.Channels is { } channels)
            yield return $"Channels = {Ints(channels)}";
        if (encoder.ConvsPerBlock is { } convs)
            yield return $"ConvsPerBlock = {convs}";
    }

    private static string Ints(ValueList<int> values) => $"[{string.Join(", ", values)}]";
}
