using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Rendering;

/// <summary>How operators of a kind look in a diagram.</summary>
/// <param name="Kind">What the legend calls them.</param>
/// <param name="Color">Of Okabe and Ito ("Color Universal Design", 2008), or grey.</param>
/// <param name="Hatch">An SVG path in a square of 6, so that kinds are told apart in grey print; empty for none.</param>
internal sealed record OperatorLook(string Kind, string Color, string Hatch = "")
{
    private const string Falling = "M-1,-1 L7,7 M-1,5 L1,7 M5,-1 L7,1";
    private const string Rising = "M-1,7 L7,-1 M-1,1 L1,-1 M5,7 L7,5";

    private static readonly OperatorLook Convolution = new("convolution", "#56B4E9");
    private static readonly OperatorLook Normalisation = new("normalisation", "#009E73");
    private static readonly OperatorLook Nonlinear = new("activation", "#0072B2");
    private static readonly OperatorLook Pooling = new("pooling", "#D55E00", Falling);
    private static readonly OperatorLook Upsampling = new("upsampling", "#E69F00", Rising);
    private static readonly OperatorLook Joining = new("joining", "#F0E442", "M0,3 H6");
    private static readonly OperatorLook Dropping = new("dropout", "#CC79A7", "M2,3 H4");
    private static readonly OperatorLook Other = new("other", "#BBBBBB");

    /// <summary>In the order of the legend.</summary>
    public static ValueList<OperatorLook> All { get; } = [Convolution, Normalisation, Nonlinear, Pooling, Upsampling, Joining, Dropping, Other];

    /// <summary>By the name of the operator's type, so that an operator that is not listed is drawn all the same, in grey.</summary>
    private static readonly Dictionary<string, OperatorLook> ByType = new()
    {
        ["Conv2d"] = Convolution,
        ["Linear"] = Convolution,
        ["BatchNorm"] = Normalisation,
        ["GroupNorm"] = Normalisation,
        ["Activation"] = Nonlinear,
        ["AveragePool"] = Pooling,
        ["MaxPool"] = Pooling,
        ["GlobalMean"] = Pooling,
        ["Upsample"] = Upsampling,
        ["TransposedConv2d"] = Upsampling,
        ["Concat"] = Joining,
        ["Add"] = Joining,
        ["Dropout"] = Dropping,
    };

    /// <summary>The look of an operator.</summary>
    public static OperatorLook Of(Operator @operator) => ByType.GetValueOrDefault(@operator.GetType().Name, Other);

    /// <summary>The place of this look in <see cref="All"/>.</summary>
    public int Index => All.ToList().IndexOf(this);
}
