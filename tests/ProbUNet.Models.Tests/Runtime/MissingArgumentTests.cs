using System.Reflection;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Tests.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

/// <summary>What a caller leaves out is named, before anything is computed: found by looking at all that a network can be asked.</summary>
public class MissingArgumentTests
{
    public static TheoryData<string> Networks => [.. Families.All.Select(family => family.Name), nameof(TinyNet)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void WhatIsMissing_IsNamed(string network)
    {
        using var scope = NewDisposeScope();
        using var model = network == nameof(TinyNet) ? new TinyNet(seed: 1) : Made(Families.All.Single(family => family.Name == network).Defaults);
        using var random = new Generator(1);
        var features = model is LatentVariableModel latent ? latent.Features(rand(1, 1, 8, 8)) : [];
        object? Value(ParameterInfo parameter) => parameter switch
        {
            { Name: "z" or "noise" } => zeros(1, ((LatentVariableSpec)model.Declaration).Latent.Dimension),
            _ when parameter.ParameterType == typeof(Tensor) => rand(1, 1, 8, 8),
            _ when parameter.ParameterType == typeof(Tensor[]) => features,
            _ when parameter.ParameterType == typeof(Generator) => random,
            _ when parameter.ParameterType == typeof(Device) => CPU,
            _ when parameter.ParameterType == typeof(Action<Region, Tensor>) => (Region _, Tensor _) => { },
            { Name: "part" or "number" } => 0,
            { Name: "count" or "tile" } => 4,
            _ => throw new InvalidOperationException($"This test knows no {parameter}."),
        };

        var asked = model.GetType().GetMethods().Where(method => !method.IsStatic && !method.IsSpecialName && method.GetBaseDefinition().DeclaringType!.Namespace == typeof(SegmentationModel).Namespace).ToList();
        Assert.Contains(asked, method => method.Name == nameof(SegmentationModel.Sample));
        var annotations = new NullabilityInfoContext();
        foreach (var method in asked)
            foreach (var missing in method.GetParameters().Where(parameter => !parameter.ParameterType.IsValueType && annotations.Create(parameter).WriteState == NullabilityState.NotNull))
            {
                var given = method.GetParameters().Select(parameter => parameter == missing ? null : Value(parameter)).ToArray();
                var thrown = Record.Exception(() => method.Invoke(model, given))?.InnerException;
                Assert.True(thrown is ArgumentNullException named && named.ParamName == missing.Name, $"{method} without {missing.Name}: {thrown?.ToString() ?? "nothing is thrown"}");
            }
    }

    [Fact]
    public void WhatIsMissing_IsNamed_ByWhatIsNoNetworkToo()
    {
        using var scope = NewDisposeScope();
        using var gaussian = new DiagonalGaussian(zeros(1, 2), zeros(1, 2));
        Assert.Throws<ArgumentNullException>("name", () => Devices.Open(null!));
        Assert.Throws<ArgumentNullException>("logits", () => LossTerms.CrossEntropyOf(null!, zeros(1)));
        Assert.Throws<ArgumentNullException>("mask", () => LossTerms.CrossEntropyOf(zeros(1), null!));
        Assert.Throws<ArgumentNullException>("noise", () => gaussian.At(null!));
        Assert.Throws<ArgumentNullException>("random", () => gaussian.Sample(null!));
        Assert.Contains("There is no spec", Interpreter.Create((ModelSpec)null!).Match(_ => "", errors => errors[0].Message));
    }

    private static SegmentationModel Made(ModelSpec spec) => Interpreter.Create((spec is DropoutUNetSpec dropout ? dropout.WithBlocks(1) : spec).WithImage(new ImageSpec(1, 8, 8)).WithChannels([4, 8]).WithConvsPerBlock(1))
        .Match(model => model, errors => throw new InvalidOperationException(errors.ToString()));
}
