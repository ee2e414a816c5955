using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Writes a spec as the C# expression that makes it.</summary>
internal static class SpecSource
{
    private const string Space = "global::ProbUNet.Dsl.";

    public static string Write(ModelSpec spec)
    {
        var common = $"Image = new({spec.Image.Channels}, {spec.Image.Height}, {spec.Image.Width}), Classes = {spec.Classes}, " +
            $"UNet = new() {{ Channels = {Ints(spec.UNet.Channels)}, ConvsPerBlock = {spec.UNet.ConvsPerBlock} }}";
        return spec switch
        {
            ProbabilisticUNetSpec probabilistic =>
                $"new() {{ {common}, Latent = new({probabilistic.Latent.Dimension}), Prior = {Encoder(probabilistic.Prior)}, Posterior = {Encoder(probabilistic.Posterior)}, " +
                $"MaskEncoding = {MaskEncodingSource(probabilistic.MaskEncoding)}, Combiner = new({probabilistic.Combiner.Convs}) }}",
            _ => throw new InvalidOperationException($"{spec.GetType().Name} has no source."),
        };
    }

    private static string MaskEncodingSource(MaskEncoding encoding) => encoding is MaskEncoding.Centred or MaskEncoding.Raw
        ? $"{Space}MaskEncoding.{encoding}"
        : $"({Space}MaskEncoding)({(int)encoding})";

    private static string Encoder(EncoderSpec encoder)
    {
        var settings = new List<string>();
        if (encoder.Channels is { } channels)
            settings.Add($"Channels = {Ints(channels)}");
        if (encoder.ConvsPerBlock is { } convs)
            settings.Add($"ConvsPerBlock = {convs}");
        return settings.Count == 0 ? "new()" : $"new() {{ {string.Join(", ", settings)} }}";
    }

    private static string Ints(ValueList<int> values) => $"[{string.Join(", ", values)}]";
}
