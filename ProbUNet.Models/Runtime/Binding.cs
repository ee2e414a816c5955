using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using ProbUNet.Dsl.Graphs;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>A node's computation, its settings given: from the values that it reads and the random numbers of the function to a new value.</summary>
internal delegate Tensor Kernel(Tensor[] inputs, Generator? random);

/// <summary>
/// Finds what a call of the graph names among the members of <see cref="SegmentationModel"/>, as the compiler does in generated code: by the method's
/// name, the number of inputs, and the names and types of the arguments.
/// </summary>
internal static class Binding
{
    /// <summary>A kernel with its settings still open.</summary>
    private delegate Tensor OpenKernel(SegmentationModel owner, Tensor[] inputs, object[] settings, Generator? random);

    /// <summary>What generated code could call, by name.</summary>
    private static readonly ILookup<string, MethodInfo> Methods =
        typeof(SegmentationModel).GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).ToLookup(method => method.Name);

    // Compiled once for all networks: a call then costs no reflection.
    private static readonly ConcurrentDictionary<MethodInfo, OpenKernel> Kernels = [];

    /// <summary>The kernel of an operator that is no layer, in a network.</summary>
    /// <exception cref="MissingMethodException">There is no method of that name with those parameters.</exception>
    public static Kernel Kernel(SegmentationModel owner, OperatorCall call, int inputs)
    {
        var method = Method(call, typeof(Tensor));
        Type[] first = method.GetParameters() is [{ ParameterType: var type }, ..] && type == typeof(Tensor[]) ? [type] : [.. Enumerable.Repeat(typeof(Tensor), inputs)];
        var settings = Settings(call, method, first, last: call.TakesRandom ? [typeof(Generator)] : []);
        var open = Kernels.GetOrAdd(method, Compile);
        return (values, random) => open(owner, values, settings, random);
    }

    /// <summary>Makes the layer of an operator, one of the network's own.</summary>
    /// <exception cref="MissingMethodException">There is no factory of that name with those parameters.</exception>
    public static Layer Layer(SegmentationModel owner, LayerOperator layer)
    {
        var method = Method(layer.Creation, typeof(Layer));
        return (Layer)method.Invoke(owner, BindingFlags.DoNotWrapExceptions, null, [layer.Layer, .. Settings(layer.Creation, method, [typeof(string)], last: [])], null)!;
    }

    private static MethodInfo Method(OperatorCall call, Type result) =>
        Methods[call.Method].SingleOrDefault(method => method.ReturnType.IsAssignableTo(result))
            ?? throw new MissingMethodException($"The graph calls {call.Method}, and {nameof(SegmentationModel)} has no such {(result == typeof(Tensor) ? "operator" : "layer")}.");

    /// <summary>The values of the arguments, once the method's parameters are found to be the call's.</summary>
    private static object[] Settings(OperatorCall call, MethodInfo method, IReadOnlyList<Type> first, IReadOnlyList<Type> last)
    {
        var given = first.Select(type => type.Name).Concat(call.Arguments.Select(argument => $"{argument.Value.GetType().Name} {argument.Name}")).Concat(last.Select(type => type.Name));
        var taken = method.GetParameters().Select(parameter => IsSetting(parameter) ? $"{parameter.ParameterType.Name} {parameter.Name}" : parameter.ParameterType.Name);
        return given.SequenceEqual(taken)
            ? [.. call.Arguments.Select(argument => argument.Value)]
            : throw new MissingMethodException($"The graph calls {call.Method}({string.Join(", ", given)}), and {nameof(SegmentationModel)} has {call.Method}({string.Join(", ", taken)}).");
    }

    /// <summary>Numbers and enumerations are known by their names, all else by its place.</summary>
    private static bool IsSetting(ParameterInfo parameter) => parameter.ParameterType.IsValueType;

    /// <summary>(owner, inputs, settings, random) => owner.method(inputs[0], …, (int)settings[0], …, random).</summary>
    private static OpenKernel Compile(MethodInfo method)
    {
        var (owner, inputs, settings, random) = (Expression.Parameter(typeof(SegmentationModel)), Expression.Parameter(typeof(Tensor[])), Expression.Parameter(typeof(object[])), Expression.Parameter(typeof(Generator)));
        var (input, setting) = (0, 0);
        var arguments = method.GetParameters().Select(parameter =>
            IsSetting(parameter) ? Expression.Convert(Expression.ArrayIndex(settings, Expression.Constant(setting++)), parameter.ParameterType)
            : parameter.ParameterType == typeof(Tensor[]) ? inputs
            : parameter.ParameterType == typeof(Generator) ? random
            : (Expression)Expression.ArrayIndex(inputs, Expression.Constant(input++)));
        return Expression.Lambda<OpenKernel>(Expression.Call(method.IsStatic ? null : owner, method, arguments), owner, inputs, settings, random).Compile();
    }
}
