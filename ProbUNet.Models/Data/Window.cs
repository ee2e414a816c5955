namespace ProbUNet.Models.Data;

/// <summary>A window of an image: where it lies in it, in pixels.</summary>
/// <param name="Top">The first row.</param>
/// <param name="Left">The first column.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Window(int Top, int Left, int Height, int Width)
{
    /// <summary>The middle of an image; where the margin is odd, the smaller part of it is above and left.</summary>
    public static Window Middle(int height, int width, int ofHeight, int ofWidth)
    {
        var middle = new Window((ofHeight - height) / 2, (ofWidth - width) / 2, height, width);
        middle.CheckIn(ofHeight, ofWidth);
        return middle;
    }

    /// <summary>This window of what another window shows.</summary>
    public Window Within(Window other)
    {
        CheckIn(other.Height, other.Width);
        return this with { Top = other.Top + Top, Left = other.Left + Left };
    }

    /// <summary>Refuses a window that is empty or does not lie in an image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is such a one.</exception>
    internal void CheckIn(int imageHeight, int imageWidth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Top);
        ArgumentOutOfRangeException.ThrowIfNegative(Left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Height, imageHeight - Top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Width, imageWidth - Left);
    }
}
