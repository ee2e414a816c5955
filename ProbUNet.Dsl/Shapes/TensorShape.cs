namespace ProbUNet.Dsl.Graphs;

/// <summary>The shape of a value in a graph: a map [N, C, H, W] or a vector [N, C]. The batch N is always free.</summary>
public readonly record struct TensorShape
{
    private TensorShape(int channels, int height, int width, bool isMap) => (Channels, Height, Width, IsMap) = (channels, height, width, isMap);

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>H; 1 for a vector.</summary>
    public int Height { get; }

    /// <summary>W; 1 for a vector.</summary>
    public int Width { get; }

    /// <summary>Whether this is [N, C, H, W] rather than [N, C].</summary>
    public bool IsMap { get; }

    /// <summary>How many values one image has.</summary>
    public long Values => (long)Channels * Height * Width;

    /// <summary>[N, C, H, W].</summary>
    public static TensorShape Map(int channels, int height, int width) => new(channels, height, width, isMap: true);

    /// <summary>[N, C].</summary>
    public static TensorShape Vector(int channels) => new(channels, 1, 1, isMap: false);

    /// <summary>As people write it: [N, 32, 128, 128].</summary>
    public override string ToString() => IsMap ? $"[N, {Channels}, {Height}, {Width}]" : $"[N, {Channels}]";
}
