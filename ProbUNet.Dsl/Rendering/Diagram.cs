using System.Text;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Rendering;

/// <summary>
/// A graph as a picture: one panel a function, one box a stage, which is what nodes have in common whose names agree up to the first dot. Nothing here
/// knows a family of networks; equal graphs give equal text.
/// </summary>
public static partial class Diagram
{
    /// <summary>
    /// The graph as a Mermaid flowchart, which GitHub and others show: a subgraph a function, a node a stage with its shape and its operators, dashed arrows
    /// where a stage joins what another made at the same resolution.
    /// </summary>
    public static string Mermaid(Graph graph)
    {
        var text = new StringBuilder("flowchart LR\n");
        for (var f = 0; f < graph.Functions.Count; f++)
        {
            var stages = Stages.Of(graph.Functions[f]);
            text.Append($"    subgraph f{f}[\"{Quoted(stages.Signature)}\"]\n");
            for (var i = 0; i < stages.Items.Count; i++)
            {
                var stage = stages.Items[i];
                var lines = stage.IsInput ? $"{Quoted(stage.Name)}<br/>{stage.Shape}" : $"{Quoted(stage.Name)}<br/>{stage.Shape}<br/>{Quoted(stage.Summary)}";
                text.Append(stage.IsInput ? $"        f{f}s{i}([\"{lines}\"])\n" : $"        f{f}s{i}[\"{lines}\"]\n");
            }
            for (var o = 0; o < stages.Sources.Count; o++)
            {
                var output = stages.Function.Outputs[o];
                text.Append($"        f{f}o{o}([\"{Quoted(output.Name)}<br/>{stages.Function.ShapeOf(output.Value)}\"])\n");
            }
            foreach (var flow in stages.Flows)
                text.Append($"        f{f}s{flow.From} {(flow.Kind == FlowKind.Skip ? "-.->" : "-->")} f{f}s{flow.To}\n");
            for (var o = 0; o < stages.Sources.Count; o++)
                text.Append($"        f{f}s{stages.Sources[o]} --> f{f}o{o}\n");
            text.Append("    end\n");
        }
        return text.ToString();
    }

    /// <summary>Text between Mermaid's quotes, where # begins an entity and brackets of HTML are tags.</summary>
    private static string Quoted(string text) =>
        text.Replace("#", "#35;").Replace("\"", "#quot;").Replace("<", "#lt;").Replace(">", "#gt;").ReplaceLineEndings(" ");
}
