namespace ProbUNet.Dsl.Graphs;

/// <summary>The blocks that U-Nets and encoders are built of, as nodes of a function.</summary>
internal static class Blocks
{
    /// <summary>A level of a contracting path: halving (but for the first), dropout where there is a rate, and a block.</summary>
    public static int EncoderLevel(FunctionBuilder function, UNetSpec style, string owner, int level, int value, int channels, int convs, double dropout)
    {
        var name = $"encoder{level}";
        if (level > 0)
            value = function.Add($"{name}.down", style.Downsampling switch
            {
                Downsampling.Max => new MaxPool(),
                Downsampling.StridedConv => new Conv2d($"{owner}{name}.down", function.ShapeOf(value).Channels, function.ShapeOf(value).Channels, Kernel: 3, Stride: 2),
                _ => new AveragePool(),
            }, value);
        return Block(function, style, owner, name, value, channels, convs, dropout);
    }

    /// <summary>Convolution, normalisation and activation, several times; the residual sum before the last activation.</summary>
    public static int Block(FunctionBuilder function, UNetSpec style, string owner, string name, int input, int channels, int convs, double dropout)
    {
        if (dropout != 0)
            input = function.Add($"{name}.drop", new Dropout(dropout), input);
        var value = input;
        for (var conv = 0; conv < convs; conv++)
        {
            var step = $"{name}.conv{conv}";
            value = function.Add(step, new Conv2d(owner + step, function.ShapeOf(value).Channels, channels, style.Kernel, Padding: style.Padding), value);
            LayerOperator? norm = style.Normalization switch
            {
                Normalization.Batch => new BatchNorm($"{owner}{name}.norm{conv}", channels),
                Normalization.Instance => new GroupNorm($"{owner}{name}.norm{conv}", channels, channels),
                Normalization.Layer => new GroupNorm($"{owner}{name}.norm{conv}", channels, Groups: 1),
                Normalization.Group => new GroupNorm($"{owner}{name}.norm{conv}", channels, style.Groups),
                _ => null,
            };
            if (norm is not null)
                value = function.Add($"{name}.norm{conv}", norm, value);
            if (style.Residual && conv == convs - 1)
                value = function.Add($"{name}.sum", new Add(), value, Shortcut(function, owner, name, input, channels));
            value = function.Add($"{step}.act", new Activation(style.Activation), value);
        }
        return value;
    }

    /// <summary>The input of a block, brought to its channels where they differ.</summary>
    private static int Shortcut(FunctionBuilder function, string owner, string name, int input, int channels) =>
        function.ShapeOf(input).Channels == channels
            ? input
            : function.Add($"{name}.shortcut", new Conv2d($"{owner}{name}.shortcut", function.ShapeOf(input).Channels, channels, Kernel: 1), input);
}
