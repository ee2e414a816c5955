using System.Buffers;
using System.Numerics;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Augmentation;

/// <summary>
/// Looks at an image and its segmentation through a map: values between four pixels, labels from the nearest. A window of an image shows what lies around it where the map
/// leads out of it. Beyond the image, the image is reflected at its outermost pixels, image and segmentation alike: black corners would be an edge to learn
/// that no image has, and repeated pixels would be streaks.
/// </summary>
internal static class Warp
{
    /// <summary>Deforms a window of an image and of a segmentation.</summary>
    /// <param name="map">Of the size of the window.</param>
    /// <param name="whole">The image.</param>
    /// <param name="window">What of it the undeformed view would be.</param>
    /// <param name="segmentation">What a grader drew in the image, [K, H, W] of the image.</param>
    /// <param name="pixels">Gets the values, [C, height, width] of the window; of that length.</param>
    /// <returns>[K, height, width] of the window.</returns>
    public static Segmentation Apply(SpatialMap map, GradedImage whole, Window window, Segmentation segmentation, Span<float> pixels)
    {
        var size = window.Height * window.Width;
        var places = ArrayPool<float>.Shared.Rent(2 * size);
        var rows = places.AsSpan(0, size);
        var columns = places.AsSpan(size, size);
        for (var row = 0; row < window.Height; row++)
            map.CopyRowTo(row, rows.Slice(row * window.Width, window.Width), columns.Slice(row * window.Width, window.Width));
        var (top, height) = Reflect(rows, window.Top, whole.Height);
        var (left, width) = Reflect(columns, window.Left, whole.Width);
        var region = new Window(top, left, height, width);

        CopyPixels(whole, region, rows, columns, pixels);
        var result = segmentation.IsEmpty ? segmentation.Crop(window) : Labels(segmentation, region, rows, columns, window);
        ArrayPool<float>.Shared.Return(places);
        return result;
    }

    /// <summary>
    /// From places in a window to places in the image, counted from the first of those pixels between which all places lie: which pixel that is and how many there are.
    /// </summary>
    private static (int First, int Count) Reflect(Span<float> places, int origin, int count)
    {
        float last = count - 1, smallest = last, largest = 0;
        for (var i = 0; i < places.Length; i++)
        {
            var place = Math.Abs(places[i] + origin);
            if (place > last)
            {
                place = last == 0 ? 0 : place % (2 * last);
                place = Math.Min(place, 2 * last - place);
            }
            places[i] = place;
            (smallest, largest) = (Math.Min(smallest, place), Math.Max(largest, place));
        }
        var first = (int)smallest;
        if (first > 0)
            foreach (ref var place in places)
                place -= first;
        return (first, Math.Min((int)largest + 2, count) - first);
    }

    private static void CopyPixels(GradedImage whole, Window region, ReadOnlySpan<float> rows, ReadOnlySpan<float> columns, Span<float> pixels)
    {
        var size = region.Height * region.Width;
        var shown = ArrayPool<float>.Shared.Rent(whole.Channels * size);
        whole.CopyPixelsTo(shown, region);
        for (var channel = 0; channel < whole.Channels; channel++)
        {
            var from = shown.AsSpan(channel * size, size);
            var to = pixels.Slice(channel * rows.Length, rows.Length);
            for (var i = 0; i < to.Length; i++)
            {
                var (row, column) = ((int)rows[i], (int)columns[i]);
                var (down, across) = (rows[i] - row, columns[i] - column);
                var corner = row * region.Width + column;
                var (right, below) = (column + 1 < region.Width ? 1 : 0, row + 1 < region.Height ? region.Width : 0);
                var upper = from[corner] + across * (from[corner + right] - from[corner]);
                var lower = from[corner + below] + across * (from[corner + below + right] - from[corner + below]);
                to[i] = upper + down * (lower - upper);
            }
        }
        ArrayPool<float>.Shared.Return(shown);
    }

    private static Segmentation Labels(Segmentation segmentation, Window region, ReadOnlySpan<float> rows, ReadOnlySpan<float> columns, Window window)
    {
        var drawn = ArrayPool<byte>.Shared.Rent(region.Height * segmentation.Width);
        var labels = ArrayPool<byte>.Shared.Rent(rows.Length);
        CopyLabels(segmentation, region, drawn);
        for (var i = 0; i < rows.Length; i++)
            labels[i] = drawn[(int)(rows[i] + 0.5f) * segmentation.Width + region.Left + (int)(columns[i] + 0.5f)];
        var its = labels.AsSpan(0, rows.Length);
        var result = segmentation.Classes == 1
            ? Segmentation.Binary(BitMask.From<byte>(window.Height, window.Width, its, label => label != 0))
            : Segmentation.FromLabels(window.Height, window.Width, its, segmentation.Classes);
        ArrayPool<byte>.Shared.Return(labels);
        ArrayPool<byte>.Shared.Return(drawn);
        return result;
    }

    /// <summary>As <see cref="Segmentation.Labels"/>, of the rows of a region; takes a time that does not grow with the classes.</summary>
    private static void CopyLabels(Segmentation segmentation, Window region, Span<byte> labels)
    {
        var (start, count) = (region.Top * segmentation.Width, region.Height * segmentation.Width);
        labels[..count].Fill(segmentation.Classes == 1 ? (byte)0 : Segmentation.Ignored);
        for (var @class = 0; @class < segmentation.Classes; @class++)
        {
            if (segmentation[@class].IsEmpty)
                continue;
            var words = segmentation[@class].Words;
            var label = segmentation.Classes == 1 ? (byte)1 : (byte)@class;
            for (var word = start >> 6; word <= (start + count - 1) >> 6; word++)
                for (var left = words[word]; left != 0; left &= left - 1)
                    if ((word << 6) + BitOperations.TrailingZeroCount(left) - start is var place && (uint)place < (uint)count)
                        labels[place] = label;
        }
    }
}
