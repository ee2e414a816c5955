using ProbUNet.Dsl;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Tests.Runtime;

public class InitializerTests
{
    [Fact]
    public void EveryWayToStart_StartsElsewhere()
    {
        AllDiffer(Enum.GetValues<Initialization>(), (unet, kind) => unet with { Initialization = kind }, ".weight");
        AllDiffer(Enum.GetValues<BiasInitialization>(), (unet, kind) => unet with { Biases = kind }, ".bias");
    }

    private static void AllDiffer<T>(T[] kinds, Func<UNetSpec, T, UNetSpec> with, string ending)
    {
        var starts = kinds.Select(kind =>
        {
            var spec = new DeterministicUNetSpec { Image = new(1, 8, 8), UNet = with(new UNetSpec { Channels = [4], ConvsPerBlock = 1 }, kind) };
            using var model = Interpreter.Create(spec, seed: 1).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
            return string.Join(' ', Weights.Copy(model).First(named => named.Key.EndsWith(ending, StringComparison.Ordinal)).Value.Values);
        });
        Assert.Equal(kinds.Length, starts.Distinct().Count());
    }
}
