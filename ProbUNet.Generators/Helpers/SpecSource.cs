using System.Globalization;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>Writes a spec as the C# expression that makes it.</summary>
internal static class SpecSource
{
    private const string Space = "global::ProbUNet.Dsl.";

    /// <summary>The expression, a target-typed <c>new</c>; what has its default is left out.</summary>
    public static string Write(ModelSpec spec)
    {
        var settings = new Settings()
            .Add("Image", spec.Image, new ImageSpec(), image => $"new({image.Channels}, {image.Height}, {image.Width})")
            .Add("Classes", spec.Classes, 1, Text)
            .Add("UNet", spec.UNet, new UNetSpec(), Write);
        return spec switch
        {
            ProbabilisticUNetSpec probabilistic => settings
                .Add("Latent", probabilistic.Latent, new LatentSpec(), latent => $"new({latent.Dimension})")
                .Add("Prior", probabilistic.Prior, new EncoderSpec(), Write)
                .Add("Posterior", probabilistic.Posterior, new EncoderSpec(), Write)
                .Add("MaskEncoding", probabilistic.MaskEncoding, default, Choice)
                .Add("Combiner", probabilistic.Combiner, new CombinerSpec(), combiner => $"new({combiner.Convs}{(combiner.Width is { } width ? $", {width}" : "")})")
                .ToString(),
            _ => throw new InvalidOperationException($"{spec.GetType().Name} has no source."),
        };
    }

    private static string Write(UNetSpec unet)
    {
        var usual = new UNetSpec();
        return new Settings()
            .Add("Channels", unet.Channels, usual.Channels, Ints)
            .Add("ConvsPerBlock", unet.ConvsPerBlock, usual.ConvsPerBlock, Text)
            .Add("Kernel", unet.Kernel, usual.Kernel, Text)
            .Add("Padding", unet.Padding, usual.Padding, Choice)
            .Add("Activation", unet.Activation, usual.Activation, Choice)
            .Add("Normalization", unet.Normalization, usual.Normalization, Choice)
            .Add("Groups", unet.Groups, usual.Groups, Text)
            .Add("Downsampling", unet.Downsampling, usual.Downsampling, Choice)
            .Add("Upsampling", unet.Upsampling, usual.Upsampling, Choice)
            .Add("Residual", unet.Residual, usual.Residual, residual => residual ? "true" : "false")
            .Add("Initialization", unet.Initialization, usual.Initialization, Choice)
            .ToString();
    }

    private static string Write(EncoderSpec encoder) => new Settings()
        .Add("Channels", encoder.Channels, null, channels => Ints(channels!))
        .Add("ConvsPerBlock", encoder.ConvsPerBlock, null, convs => Text(convs!.Value))
        .ToString();

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Ints(ValueList<int> values) => $"[{string.Join(", ", values.Select(Text))}]";

    private static string Choice<T>(T value) where T : struct, Enum => Enum.IsDefined(typeof(T), value)
        ? $"{Space}{typeof(T).Name}.{value}"
        : $"({Space}{typeof(T).Name})({Convert.ToInt32(value, CultureInfo.InvariantCulture)})";

    private sealed class Settings
    {
        private readonly List<string> _texts = [];

        public Settings Add<T>(string name, T value, T usual, Func<T, string> write)
        {
            if (!EqualityComparer<T>.Default.Equals(value, usual))
                _texts.Add($"{name} = {write(value)}");
            return this;
        }

        public override string ToString() => _texts.Count == 0 ? "new()" : $"new() {{ {string.Join(", ", _texts)} }}";
    }
}
