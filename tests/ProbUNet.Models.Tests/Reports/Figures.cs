using System.Xml.Linq;
using ProbUNet.Models.Reports.Drawing;
using SkiaSharp;

namespace ProbUNet.Models.Tests.Reports;

/// <summary>Draws figures into a folder of their own and looks at them.</summary>
internal static class Figures
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static SKBitmap Draw(Action<string> write)
    {
        using var folder = new TemporaryFolder();
        write(folder["figure.png"]);
        return SKBitmap.Decode(folder["figure.png"]);
    }

    /// <summary>The colour at a place in points.</summary>
    public static SKColor At(this SKBitmap picture, float x, float y) =>
        picture.GetPixel((int)(x * FigureFile.PixelsPerPoint), (int)(y * FigureFile.PixelsPerPoint));

    /// <summary>How many pixels of an area, in points, have a colour, or nearly.</summary>
    public static int Count(this SKBitmap picture, SKRect area, SKColor color)
    {
        var count = 0;
        for (var y = Math.Max(0, (int)(area.Top * FigureFile.PixelsPerPoint)); y < Math.Min(picture.Height, area.Bottom * FigureFile.PixelsPerPoint); y++)
            for (var x = Math.Max(0, (int)(area.Left * FigureFile.PixelsPerPoint)); x < Math.Min(picture.Width, area.Right * FigureFile.PixelsPerPoint); x++)
            {
                var pixel = picture.GetPixel(x, y);
                if (Math.Abs(pixel.Red - color.Red) + Math.Abs(pixel.Green - color.Green) + Math.Abs(pixel.Blue - color.Blue) < 12)
                    count++;
            }
        return count;
    }

    /// <summary>Whether an area, in points, is nothing but paper.</summary>
    public static bool IsBlank(this SKBitmap picture, SKRect area)
    {
        for (var y = (int)(area.Top * FigureFile.PixelsPerPoint); y < area.Bottom * FigureFile.PixelsPerPoint; y++)
            for (var x = (int)(area.Left * FigureFile.PixelsPerPoint); x < area.Right * FigureFile.PixelsPerPoint; x++)
                if (picture.GetPixel(x, y) != SKColors.White)
                    return false;
        return true;
    }

    /// <summary>What every figure keeps: equal input, equal files of both kinds; paper all around; an SVG that scales, needs no font and is as large as the PNG.</summary>
    public static void KeepsTheContract(Action<string> write)
    {
        using var folder = new TemporaryFolder();
        foreach (var kind in new[] { "png", "svg", "SVG" })
        {
            write(folder[$"a.{kind}"]);
            write(folder[$"b.{kind}"]);
            Assert.Equal(File.ReadAllBytes(folder[$"a.{kind}"]), File.ReadAllBytes(folder[$"b.{kind}"]));
        }
        using var picture = SKBitmap.Decode(folder["a.png"]);
        for (var x = 0; x < picture.Width; x++)
            Assert.True(picture.GetPixel(x, 0) == SKColors.White && picture.GetPixel(x, 9) == SKColors.White && picture.GetPixel(x, picture.Height - 1) == SKColors.White && picture.GetPixel(x, picture.Height - 9) == SKColors.White, $"Ink at {x}.");
        for (var y = 0; y < picture.Height; y++)
            Assert.True(picture.GetPixel(0, y) == SKColors.White && picture.GetPixel(9, y) == SKColors.White && picture.GetPixel(picture.Width - 1, y) == SKColors.White && picture.GetPixel(picture.Width - 9, y) == SKColors.White, $"Ink at {y}.");

        var root = XDocument.Load(folder["a.svg"]).Root!;
        Assert.Equal($"0 0 {picture.Width / FigureFile.PixelsPerPoint} {picture.Height / FigureFile.PixelsPerPoint}", (string?)root.Attribute("viewBox"));
        Assert.Empty(root.Descendants(Svg + "text"));
        Assert.NotEmpty(root.Descendants(Svg + "path"));

        Assert.Throws<InputException>(() => write(folder["a.gif"]));
        Assert.Throws<InputException>(() => write(folder.Root));
        Assert.Equal(6, Directory.GetFileSystemEntries(folder.Root).Length);
    }

    /// <summary>What cannot be drawn is refused before anything is written.</summary>
    public static void Refuses(params Action<string>[] writes) => Refuses<ArgumentException>(writes);

    /// <summary>The same, told in a certain way.</summary>
    public static void Refuses<T>(params Action<string>[] writes) where T : Exception
    {
        using var folder = new TemporaryFolder();
        Assert.All(writes, write => Assert.ThrowsAny<T>(() => write(folder["a.png"])));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }
}
