using ProbUNet.Dsl;

namespace ProbUNet.Models.Interchange;

/// <summary>The parameter names of the public PyTorch re-implementation of the Probabilistic U-Net, which numbers pooling and ReLU layers too.</summary>
public static class ReferenceNames
{
    /// <summary>From this project's name of a parameter to the reference's, for a network of the given spec.</summary>
    public static Func<string, string> For(ProbabilisticUNetSpec spec) => name =>
    {
        var parts = name.Split('.');   // owner, (block, conv,) kind
        var kind = parts[^1];
        return parts switch
        {
            ["unet", var block, var conv, _] when block.StartsWith("encoder", StringComparison.Ordinal) =>
                // A pooling layer opens every block but the first.
                $"unet.contracting_path.{Number(block)}.layers.{2 * Number(conv) + (Number(block) > 0 ? 1 : 0)}.{kind}",
            ["unet", var block, var conv, _] =>
                $"unet.upsampling_path.{spec.UNet.Levels().Count - 2 - Number(block)}.conv_block.layers.{2 * Number(conv)}.{kind}",
            ["combiner", "logits", _] => $"fcomb.last_layer.{kind}",
            ["combiner", var conv, _] => $"fcomb.layers.{2 * Number(conv)}.{kind}",
            [var encoder, "head", _] => $"{encoder}.conv_layer.{kind}",
            [var encoder, var block, var conv, _] =>
                $"{encoder}.encoder.layers.{Number(block) * (2 * ConvsPerBlock(spec, encoder) + 1) + 2 * Number(conv)}.{kind}",
            _ => throw new ArgumentException($"{name} is not a parameter of a Probabilistic U-Net.", nameof(name)),
        };
    };

    private static int ConvsPerBlock(ProbabilisticUNetSpec spec, string encoder) =>
        (encoder == "prior" ? spec.Prior : spec.Posterior).ConvsPerBlock ?? spec.UNet.ConvsPerBlock;

    private static int Number(string name) => int.Parse(name.AsSpan(name.LastIndexOfAny([.. "rv"]) + 1), provider: null);
}
