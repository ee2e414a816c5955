namespace ProbUNet.Dsl.Graphs;

/// <summary>Writes a U-Net into a function, the way down and the way up; between the two the network may go on in another function.</summary>
internal sealed class UNetBuilder
{
    private readonly ModelSpec _spec;
    private readonly string _owner;
    private readonly ValueList<int> _channels;
    private readonly double _innermostRate;
    private readonly int _innermostBlocks;
    private FunctionBuilder _function;
    private List<int> _skips = [];

    /// <param name="function">Where the nodes go.</param>
    /// <param name="spec">What is built.</param>
    /// <param name="owner">What the names of its layers begin with.</param>
    /// <param name="innermostRate">The dropout of the innermost blocks, in the place of the U-Net's own.</param>
    /// <param name="innermostBlocks">How many of the encoder's, and of the decoder's, these are.</param>
    public UNetBuilder(FunctionBuilder function, ModelSpec spec, string owner, double innermostRate = 0, int innermostBlocks = 0) =>
        (_function, _spec, _owner, _channels, _innermostRate, _innermostBlocks) = (function, spec, owner, spec.UNet.Levels(), innermostRate, innermostBlocks);

    /// <summary>The image at a size that the poolings divide, where the policy is to pad.</summary>
    public int Fit(int image)
    {
        var (rows, columns) = Margins();
        return rows + columns == 0 ? image : _function.Add("padded", new Pad(rows / 2, rows - rows / 2, columns / 2, columns - columns / 2), image);
    }

    /// <summary>The contracting path.</summary>
    public int Down(int value)
    {
        for (var level = 0; level < _channels.Count; level++)
        {
            value = Blocks.EncoderLevel(_function, _spec.UNet, _owner, level, value, _channels[level], _spec.UNet.ConvsPerBlock, EncoderDropout(level));
            if (level < _channels.Count - 1)
                _skips.Add(value);
        }
        return value;
    }

    /// <summary>The expanding path, back to the size of the image.</summary>
    public int Up(int value)
    {
        for (var level = _channels.Count - 2; level >= 0; level--)
        {
            var up = _function.Add($"decoder{level}.up", _spec.UNet.Upsampling switch
            {
                Upsampling.TransposedConv => new TransposedConv2d($"{_owner}decoder{level}.up", _function.ShapeOf(value).Channels),
                Upsampling.Bilinear => new Upsample(Interpolation.Bilinear),
                Upsampling.Nearest => new Upsample(Interpolation.Nearest),
                _ => new Upsample(Interpolation.BilinearAligned),
            }, value);
            var (shape, skip) = (_function.ShapeOf(up), _function.ShapeOf(_skips[level]));
            if (_spec.SizePolicy == SizePolicy.Crop && (shape.Height, shape.Width) != (skip.Height, skip.Width))
                // What was rounded up stands last, as the poolings leave it.
                up = _function.Add($"decoder{level}.cut", new Crop(0, 0, skip.Height, skip.Width), up);
            // Upsampled first, skip second: the order in which the reference's weights read the channels.
            value = _function.Add($"decoder{level}.join", new Concat(), up, _skips[level]);
            value = Blocks.Block(_function, _spec.UNet, _owner, $"decoder{level}", value, _channels[level], _spec.UNet.ConvsPerBlock, DecoderDropout(level));
        }
        _skips = [];   // all used
        var (rows, columns) = Margins();
        return rows + columns == 0 ? value : _function.Add("cut", new Crop(rows / 2, columns / 2, _spec.Image.Height, _spec.Image.Width), value);
    }

    /// <summary>Ends the function here: what is still needed, a value and the skips, becomes its outputs and the arguments of another, in which the network goes on.</summary>
    public int MoveTo(FunctionBuilder other, int value)
    {
        int Move(int moved, int place)
        {
            if (_function.IsInput(moved))
                moved = _function.Add($"{_function.NameOf(moved)}.kept", new Identity(), moved);
            var name = Numbered.Name("features", place);
            _function.Output(name, moved);
            return other.Input(name, _function.ShapeOf(moved));
        }
        var next = Move(value, 0);
        _skips = _skips.Select((skip, level) => Move(skip, level + 1)).ToList();
        _function = other;
        return next;
    }

    private double EncoderDropout(int level) => level >= _channels.Count - _innermostBlocks ? _innermostRate : level == 0 ? 0 : _spec.UNet.Dropout;

    /// <summary>The deepest block of all counts as the encoder's, so that the decoder's innermost is one level above it.</summary>
    private double DecoderDropout(int level) => level >= _channels.Count - 1 - _innermostBlocks ? _innermostRate : _spec.UNet.Dropout;

    /// <summary>Rows and columns to add so that every pooling halves exactly; none unless the policy is to pad.</summary>
    private (int Rows, int Columns) Margins()
    {
        if (_spec.SizePolicy != SizePolicy.Pad || _channels.Count is < 1 or > 30)
            return (0, 0);
        var factor = 1 << (_channels.Count - 1);
        int Missing(int size) => (int)((factor - (long)size % factor) % factor);
        return (Missing(_spec.Image.Height), Missing(_spec.Image.Width));
    }
}
