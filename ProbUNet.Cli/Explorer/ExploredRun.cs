using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Cli.Explorer;

/// <summary>A network that is explored.</summary>
/// <param name="Name">What the page calls it: its run folder.</param>
/// <param name="Family">What the paper calls its family.</param>
/// <param name="Step">After which its weights are.</param>
/// <param name="Model">Handed over to the explorer.</param>
internal sealed record ExploredRun(string Name, string Family, int Step, SegmentationModel Model)
{
    /// <summary>What it is.</summary>
    public ModelSpec Spec => Model.Declaration;
}
