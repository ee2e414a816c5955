namespace ProbUNet.Dsl.Graphs;

/// <summary>How height and width are doubled without weights.</summary>
public enum Interpolation
{
    /// <summary>Bilinear, the centres of the corner pixels staying where they are (align_corners).</summary>
    BilinearAligned,

    /// <summary>Bilinear, the edges of the corner pixels staying where they are.</summary>
    Bilinear,

    /// <summary>Each pixel four times.</summary>
    Nearest,
}
