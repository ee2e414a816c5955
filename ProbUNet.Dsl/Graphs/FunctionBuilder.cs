namespace ProbUNet.Dsl.Graphs;

/// <summary>Writes a <see cref="GraphFunction"/> node by node; shapes are inferred, and what does not fit is kept as an error.</summary>
internal sealed class FunctionBuilder(string name, List<GraphError> errors)
{
    private readonly List<GraphInput> _inputs = [];
    private readonly List<Node> _nodes = [];
    private readonly List<GraphOutput> _outputs = [];

    public int Input(string inputName, TensorShape shape)
    {
        if (_nodes.Count > 0)
            throw new InvalidOperationException("Inputs come before nodes.");
        _inputs.Add(new GraphInput(inputName, shape));
        return _inputs.Count - 1;
    }

    public int Add(string nodeName, Operator @operator, params int[] inputs)
    {
        var shapes = inputs.Select(ShapeOf).ToArray();
        var shape = @operator.Infer(shapes).Match(
            inferred => inferred,
            problem =>
            {
                errors.Add(new GraphError(name, nodeName, problem));
                return shapes[0];   // so that building goes on and finds all errors
            });
        _nodes.Add(new Node(nodeName, @operator, inputs.ToValueList(), shape));
        return _inputs.Count + _nodes.Count - 1;
    }

    public void Output(string outputName, int value) => _outputs.Add(new GraphOutput(outputName, value));

    public TensorShape ShapeOf(int value) => value < _inputs.Count ? _inputs[value].Shape : _nodes[value - _inputs.Count].Shape;

    public bool IsInput(int value) => value < _inputs.Count;

    public string NameOf(int value) => value < _inputs.Count ? _inputs[value].Name : _nodes[value - _inputs.Count].Name;

    public GraphFunction Build() => new(name, _inputs.ToValueList(), _nodes.ToValueList(), _outputs.ToValueList());
}
