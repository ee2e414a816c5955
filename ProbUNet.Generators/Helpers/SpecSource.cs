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
        var usual = Families.Of(spec).Defaults;
        var settings = new Settings()
            .Add("Image", spec.Image, usual.Image, image => $"new({image.Channels}, {image.Height}, {image.Width})")
            .Add("Classes", spec.Classes, usual.Classes, Text)
            .Add("SizePolicy", spec.SizePolicy, usual.SizePolicy, Choice)
            .Add("UNet", spec.UNet, usual.UNet, Write);
        return (spec switch
        {
            DropoutUNetSpec dropout => settings.Add("Rate", dropout.Rate, 0.5, Text).Add("Blocks", dropout.Blocks, 3, Text),
            UNetEnsembleSpec ensemble => settings.Add("Members", ensemble.Members, 4, Text),
            MultiHeadUNetSpec heads => settings.Add("Heads", heads.Heads, 4, Text),
            ProbabilisticUNetSpec probabilistic => Latent(settings, probabilistic, (LatentVariableSpec)usual).Add("Prior", probabilistic.Prior, new EncoderSpec(), Write),
            LatentVariableSpec latent => Latent(settings, latent, (LatentVariableSpec)usual),
            DeterministicUNetSpec => settings,
            _ => throw new InvalidOperationException($"{spec.GetType().Name} has no source."),   // the hierarchy is closed
        }).ToString();
    }

    private static Settings Latent(Settings settings, LatentVariableSpec spec, LatentVariableSpec usual) => settings
        .Add("Latent", spec.Latent, usual.Latent, latent => $"new({latent.Dimension}, {Choice(latent.Entry)})")
        .Add("Posterior", spec.Posterior, usual.Posterior, Write)
        .Add("MaskEncoding", spec.MaskEncoding, usual.MaskEncoding, Choice)
        .Add("Combiner", spec.Combiner, usual.Combiner, combiner => $"new({combiner.Convs}{(combiner.Width is { } width ? $", {width}" : "")})");

    private static string Write(UNetSpec unet)
    {
        var usual = new UNetSpec();
        return new Settings()
            .Add("Channels", unet.Channels, null, channels => Ints(channels!))
            .Add("Depth", unet.Depth, null, depth => Text(depth!.Value))
            .Add("Width", unet.Width, null, width => Text(width!.Value))
            .Add("Growth", unet.Growth, null, growth => Text(growth!.Value))
            .Add("ConvsPerBlock", unet.ConvsPerBlock, usual.ConvsPerBlock, Text)
            .Add("Kernel", unet.Kernel, usual.Kernel, Text)
            .Add("Padding", unet.Padding, usual.Padding, Choice)
            .Add("Activation", unet.Activation, usual.Activation, Choice)
            .Add("Normalization", unet.Normalization, usual.Normalization, Choice)
            .Add("Groups", unet.Groups, usual.Groups, Text)
            .Add("Downsampling", unet.Downsampling, usual.Downsampling, Choice)
            .Add("Upsampling", unet.Upsampling, usual.Upsampling, Choice)
            .Add("Residual", unet.Residual, usual.Residual, residual => residual ? "true" : "false")
            .Add("Dropout", unet.Dropout, usual.Dropout, Text)
            .Add("Initialization", unet.Initialization, usual.Initialization, Choice)
            .Add("Biases", unet.Biases, usual.Biases, Choice)
            .ToString();
    }

    private static string Write(EncoderSpec encoder) => new Settings()
        .Add("Channels", encoder.Channels, null, channels => Ints(channels!))
        .Add("ConvsPerBlock", encoder.ConvsPerBlock, null, convs => Text(convs!.Value))
        .ToString();

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) =>
        double.IsNaN(value) ? "double.NaN" : double.IsInfinity(value) ? value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity" : $"{value.ToString("R", CultureInfo.InvariantCulture)}d";

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
