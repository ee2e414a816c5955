using FsCheck;
using FsCheck.Fluent;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Tests.Evaluation;

/// <summary>Two random multisets of masks of one size, as plain pixels: what the naive definitions of the tests read.</summary>
/// <param name="Height">Rows, 1 to 11, so that most masks do not fill their last word and some need several words.</param>
/// <param name="Width">Columns, 1 to 17.</param>
/// <param name="Samples">Pixels of 1 to 6 samples, row-major.</param>
/// <param name="Graders">Pixels of 1 to 6 graders, row-major.</param>
/// <param name="Seed">For further choices inside a law, such as a shuffle.</param>
public sealed record MaskSets(int Height, int Width, IReadOnlyList<bool[]> Samples, IReadOnlyList<bool[]> Graders, int Seed)
{
    public IReadOnlyList<BitMask> SampleMasks => [.. Samples.Select(Pack)];

    public IReadOnlyList<BitMask> GraderMasks => [.. Graders.Select(Pack)];

    public override string ToString() =>
        $"{Height}x{Width}, seed {Seed}; samples {string.Join(' ', Samples.Select(Digits))}; graders {string.Join(' ', Graders.Select(Digits))}";

    private BitMask Pack(bool[] pixels) => BitMask.From<bool>(Height, Width, pixels, foreground => foreground);

    private static string Digits(bool[] pixels) => string.Concat(pixels.Select(pixel => pixel ? '1' : '0'));

    /// <summary>Masks come from a pool of three, of any density including none and all, so that equal and empty masks meet often.</summary>
    public static Arbitrary<MaskSets> Arbitrary() => Arb.From(
        from height in Gen.Choose(1, 11)
        from width in Gen.Choose(1, 17)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from samples in Gen.Choose(1, 6)
        from graders in Gen.Choose(1, 6)
        select Draw(height, width, samples, graders, seed));

    private static MaskSets Draw(int height, int width, int samples, int graders, int seed)
    {
        var random = new Random(seed);
        var pool = Enumerable.Range(0, 3).Select(_ =>
        {
            var density = random.Next(5) / 4.0;
            return Enumerable.Range(0, height * width).Select(_ => random.NextDouble() < density).ToArray();
        }).ToArray();
        return new(height, width, Choose(samples), Choose(graders), seed);

        IReadOnlyList<bool[]> Choose(int count) => [.. Enumerable.Range(0, count).Select(_ => pool[random.Next(pool.Length)])];
    }
}
