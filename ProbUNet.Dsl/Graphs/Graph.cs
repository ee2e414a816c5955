namespace ProbUNet.Dsl.Graphs;

/// <summary>A network as a value: a few named functions over tensors, and the parameters that they use.</summary>
/// <param name="Functions">In the order in which they are called.</param>
public sealed record Graph(ValueList<GraphFunction> Functions)
{
    /// <summary>The function of that name.</summary>
    public GraphFunction this[string name] => Functions.Single(function => function.Name == name);

    /// <summary>The layers, in the order of their first use.</summary>
    public IEnumerable<LayerOperator> Layers => Functions.SelectMany(function => function.Nodes).Select(node => node.Operator).OfType<LayerOperator>();

    /// <summary>What training fits: one part of the network (<c>unet</c>, <c>prior</c> …) after the other, in the order of their first use.</summary>
    public IEnumerable<ParameterSpec> Parameters => ByPart.SelectMany(layer => layer.Parameters);

    /// <summary>What training keeps beside: running statistics, in the same order.</summary>
    public IEnumerable<ParameterSpec> Buffers => ByPart.SelectMany(layer => layer.Buffers);

    private IEnumerable<LayerOperator> ByPart => Layers.GroupBy(layer => layer.Layer.Split('.')[0]).SelectMany(part => part);

    /// <summary>The number of trainable values.</summary>
    public long ParameterCount => Parameters.Sum(parameter => parameter.Count);
}

/// <summary>A parameter or buffer of a network.</summary>
/// <param name="Name">Its dotted name, for example <c>unet.encoder0.conv1.weight</c>.</param>
/// <param name="Shape">Its shape.</param>
public sealed record ParameterSpec(string Name, ValueList<int> Shape)
{
    /// <summary>The number of values.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>
/// A function of a network in single-assignment form. Values are numbered: the inputs first, then one a node, so that
/// <c>Nodes[i]</c> makes value <c>Inputs.Count + i</c> and reads only values with smaller numbers. Names with a number behind a dot are the
/// elements of a list: inputs <c>features.0</c> and <c>features.1</c> are one argument, functions <c>logits.0</c> and <c>logits.1</c> one that
/// is asked by number (<see cref="Numbered"/>).
/// </summary>
/// <param name="Name">For example <c>features</c>.</param>
/// <param name="Inputs">Its arguments.</param>
/// <param name="Nodes">What is computed, in order.</param>
/// <param name="Outputs">What it returns: numbers of values.</param>
public sealed record GraphFunction(string Name, ValueList<GraphInput> Inputs, ValueList<Node> Nodes, ValueList<GraphOutput> Outputs)
{
    /// <summary>The shape of a value.</summary>
    public TensorShape ShapeOf(int value) => value < Inputs.Count ? Inputs[value].Shape : Nodes[value - Inputs.Count].Shape;

    /// <summary>What it takes and returns, for people: <c>logits(image [N, 1, 64, 64]) → logits [N, 1, 64, 64]</c>.</summary>
    /// <param name="isNamed">Whether its own name is said.</param>
    /// <param name="hasShapes">Whether the shapes are.</param>
    internal string Signature(bool isNamed = true, bool hasShapes = true)
    {
        string Words(IEnumerable<(string Name, TensorShape Shape)> values) => string.Join(", ", values.Select(value => hasShapes ? $"{value.Name} {value.Shape}" : value.Name));
        var (takes, returns) = (Words(Inputs.Select(input => (input.Name, input.Shape))), Words(Outputs.Select(output => (output.Name, ShapeOf(output.Value)))));
        return $"{(isNamed ? $"{Name}({takes})" : takes)} → {returns}";
    }

    /// <summary>Whether its outputs depend on what its arguments say; else on how many images they are of alone.</summary>
    internal bool SeesArguments => Reach.Of(this) is var reaches && Outputs.Any(output => reaches[output.Value].Sees);

    /// <summary>Whether all that it returns is zeros, whatever its arguments: of a Gaussian, that it is N(0, I).</summary>
    internal bool IsZero => Outputs.All(output => output.Value >= Inputs.Count && Nodes[output.Value - Inputs.Count].Operator is Zeros);

    /// <summary>What its outputs are together.</summary>
    public FunctionResult Result => Outputs switch
    {
        [{ Name: "mean" }, { Name: "logSigma" }] => FunctionResult.Gaussian,
        [var only] when Numbered.Parse(only.Name) is null => FunctionResult.Tensor,
        _ => FunctionResult.List,
    };
}

/// <summary>What the outputs of a function are together, and so what a method that computes it returns.</summary>
public enum FunctionResult
{
    /// <summary>One tensor.</summary>
    Tensor,

    /// <summary>Tensors in a list, however many.</summary>
    List,

    /// <summary>The Gaussian that <c>mean</c> and <c>logSigma</c> are of, both [N, D].</summary>
    Gaussian,
}

/// <summary>An argument of a function.</summary>
public sealed record GraphInput(string Name, TensorShape Shape);

/// <summary>A value that a function returns.</summary>
public sealed record GraphOutput(string Name, int Value);

/// <summary>One step of a function.</summary>
/// <param name="Name">What the step makes, unique in its function: <c>encoder0.conv1</c>.</param>
/// <param name="Operator">What it does.</param>
/// <param name="Inputs">The numbers of the values that it reads.</param>
/// <param name="Shape">The shape of the value that it makes.</param>
public sealed record Node(string Name, Operator Operator, ValueList<int> Inputs, TensorShape Shape);

/// <summary>Names that are elements of a list.</summary>
public static class Numbered
{
    /// <summary>The name of element <paramref name="number"/>.</summary>
    public static string Name(string list, int number) => FormattableString.Invariant($"{list}.{number}");

    /// <summary>The list that a name is an element of, and its place there; nothing for a name of its own.</summary>
    public static (string List, int Number)? Parse(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot > 0 && int.TryParse(name.Substring(dot + 1), out var number) ? (name.Substring(0, dot), number) : null;
    }

    /// <summary>As C# writes it: <c>features[0]</c>, or the name itself.</summary>
    public static string Indexed(string name) => Parse(name) is { } element ? FormattableString.Invariant($"{element.List}[{element.Number}]") : name;

    /// <summary>The name of the list, or the name itself.</summary>
    public static string ListOf(string name) => Parse(name)?.List ?? name;
}
