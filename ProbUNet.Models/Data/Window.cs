namespace ProbUNet.Models.Data;

/// <summary>A window of an image: where it lies, and the values in it.</summary>
internal static class Window
{
    /// <summary>Where the middle begins; where the margin is odd, the smaller part of it is above and left.</summary>
    public static (int Top, int Left) Middle(int height, int width, int ofHeight, int ofWidth) => ((ofHeight - height) / 2, (ofWidth - width) / 2);

    /// <summary>Refuses a window that is empty or does not lie in an image.</summary>
    public static void Check(int imageHeight, int imageWidth, int top, int left, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top + height, imageHeight, nameof(top));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(left + width, imageWidth, nameof(left));
    }
}
