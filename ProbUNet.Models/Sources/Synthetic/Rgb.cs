using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>A colour, each part in about [0, 1].</summary>
internal readonly record struct Rgb(double Red, double Green, double Blue)
{
    public static Rgb operator *(double brightness, Rgb color) => new(brightness * color.Red, brightness * color.Green, brightness * color.Blue);

    /// <summary>From this colour at 0 to another at 1.</summary>
    public Rgb To(Rgb other, double share) =>
        new(Red + share * (other.Red - Red), Green + share * (other.Green - Green), Blue + share * (other.Blue - Blue));

    /// <summary>A colour near this one.</summary>
    public Rgb Near(RandomStream random, double reach)
    {
        double Part(double value) => value + random.NextDouble(-reach, reach);
        return new(Part(Red), Part(Green), Part(Blue));
    }
}
