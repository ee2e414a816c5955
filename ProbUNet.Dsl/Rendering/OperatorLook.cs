using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Rendering;

/// <summary>How operators of a role look in a diagram.</summary>
/// <param name="Role">What they are there for.</param>
/// <param name="Color">Of Okabe and Ito ("Color Universal Design", 2008), or grey.</param>
/// <param name="Hatch">An SVG path in a square of 6, so that roles are told apart in grey print; empty for none.</param>
internal sealed record OperatorLook(OperatorRole Role, string Color, string Hatch = "")
{
    private const string Falling = "M-1,-1 L7,7 M-1,5 L1,7 M5,-1 L7,1";
    private const string Rising = "M-1,7 L7,-1 M-1,1 L1,-1 M5,7 L7,5";

    /// <summary>In the order of the legend, which is that of the roles.</summary>
    public static ValueList<OperatorLook> All { get; } = Enum.GetValues<OperatorRole>().Select(role => role switch
    {
        OperatorRole.Convolution => new OperatorLook(role, "#56B4E9"),
        OperatorRole.Normalisation => new(role, "#009E73"),
        OperatorRole.Activation => new(role, "#0072B2"),
        OperatorRole.Pooling => new(role, "#D55E00", Falling),
        OperatorRole.Upsampling => new(role, "#E69F00", Rising),
        OperatorRole.Joining => new(role, "#F0E442", "M0,3 H6"),
        OperatorRole.Dropout => new(role, "#CC79A7", "M2,3 H4"),
        _ => new(role, "#BBBBBB"),
    }).ToValueList();

    /// <summary>The look of an operator.</summary>
    public static OperatorLook Of(Operator @operator) => All[(int)@operator.Role];

    /// <summary>What the legend calls the role.</summary>
    public string Words => Role.ToString().ToLowerInvariant();

    /// <summary>The place of this look in <see cref="All"/>.</summary>
    public int Index => (int)Role;
}
