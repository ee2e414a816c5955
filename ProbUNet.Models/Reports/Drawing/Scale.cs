using System.Globalization;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>Maps values to places along an axis, linearly or by their logarithm.</summary>
/// <param name="From">The value at <paramref name="Start"/>; positive on a logarithmic scale.</param>
/// <param name="To">The value at <paramref name="End"/>.</param>
/// <param name="Start">A place in points.</param>
/// <param name="End">Another.</param>
/// <param name="IsLogarithmic">Whether equal ratios rather than equal differences take equal room.</param>
internal sealed record Scale(double From, double To, float Start, float End, bool IsLogarithmic = false)
{
    /// <summary>The place of a value.</summary>
    public float At(double value) => (float)(Start + (End - Start) * ((Of(value) - Of(From)) / (Of(To) - Of(From))));

    /// <summary>Round values on the scale, about as many as asked for, with their labels.</summary>
    public IReadOnlyList<(double Value, string Label)> Ticks(int about)
    {
        if (IsLogarithmic)
        {
            var (low, high) = ((int)Math.Ceiling(Math.Log10(From) - 1e-9), (int)Math.Floor(Math.Log10(To) + 1e-9));
            var every = Math.Max(1, (high - low + 1 + about - 1) / about);
            int[] mantissas = high - low < 2 ? [1, 2, 5] : [1];
            return [.. Enumerable.Range(low - 1, high - low + 3).Where(power => (power - low) % every == 0).SelectMany(power => mantissas.Select(mantissa => mantissa * Math.Pow(10, power)))
                .Where(value => value >= From * (1 - 1e-9) && value <= To * (1 + 1e-9)).Select(value => (value, Power(value, plainTo: To < 1e5 ? 4 : 2)))];
        }
        var step = RoundStep(To - From, about);
        var first = Math.Ceiling(From / step - 1e-9);
        var count = (int)(Math.Floor(To / step + 1e-9) - first) + 1;
        var format = $"N{Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9) + (IsWhole(step * Math.Pow(10, Math.Ceiling(-Math.Log10(step) - 1e-9))) ? 0 : 1), 0, 12)}";
        return [.. Enumerable.Range(0, count).Select(i => (first + i) * step).Select(value => (value, Minus((value == 0 ? 0 : value).ToString(format, CultureInfo.InvariantCulture))))];
    }

    /// <summary>The least round value that is no less than <paramref name="value"/> on an axis from 0 with about so many ticks.</summary>
    public static double RoundUp(double value, int about)
    {
        if (!(value > 0))
            return 1;
        var step = RoundStep(value, about);
        return Math.Ceiling(value / step - 1e-9) * step;
    }

    /// <summary>Round ends of an axis that holds all of <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static (double From, double To) RoundOut(double from, double to, int about)
    {
        if (!(to - from > 1e-12 * Math.Max(Math.Abs(from), Math.Abs(to))))
            (from, to) = from == 0 ? (0, 1) : (from - Math.Abs(from) / 2, from + Math.Abs(from) / 2);
        var step = RoundStep(to - from, about);
        return (Math.Floor(from / step + 1e-9) * step, Math.Ceiling(to / step - 1e-9) * step);
    }

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private static double RoundStep(double range, int about)
    {
        var rough = range / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1.0000001 => 1, <= 2.0000001 => 2, <= 5.0000001 => 5, _ => 10 } * power;
    }

    private static bool IsWhole(double value) => Math.Abs(value - Math.Round(value)) < 1e-6;

    private static string Minus(string number) => number.Replace('-', '−');

    private static string Power(double value, int plainTo)
    {
        var power = (int)Math.Floor(Math.Log10(value) + 1e-9);
        if (power >= -3 && power <= plainTo)
            return value.ToString(power < 0 ? $"F{-power}" : "N0", CultureInfo.InvariantCulture);
        var mantissa = Math.Round(value / Math.Pow(10, power));
        var exponent = string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(digit => digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']));
        return mantissa == 1 ? $"10{exponent}" : $"{mantissa}·10{exponent}";
    }

    private double Of(double value) => IsLogarithmic ? Math.Log10(value) : value;
}
