using ProbUNet.Models.Data;

namespace ProbUNet.Cli.Explorer;

/// <summary>One segmentation as the page takes it.</summary>
/// <param name="Pixels">
/// [H, W] row-major. Of one class the probability of foreground in 255ths, at least 128 where the pixel is in the mask and below where it is not; of several the
/// number of each pixel's class, 255 where it is ignored.
/// </param>
/// <param name="Area">The share of pixels in the mask, in [0, 1]; of several classes nothing.</param>
/// <param name="U">Where it was drawn, in standard deviations of the image's prior, [D]; nothing where there is no latent.</param>
internal sealed record Picture(byte[] Pixels, double? Area, IReadOnlyList<double>? U = null)
{
    /// <summary>Probabilities [K, H, W] as such a picture.</summary>
    public static Picture Of(ReadOnlySpan<float> probabilities, int classes, IReadOnlyList<double>? u = null)
    {
        var labels = Models.Evaluation.PixelMaps.MostProbable(probabilities, classes);
        if (classes > 1)
            return new(labels, null, u);
        var area = 0;
        for (var pixel = 0; pixel < labels.Length; pixel++)
        {
            var isInside = labels[pixel] == 1;
            area += labels[pixel];
            var level = float.IsNaN(probabilities[pixel]) ? 0 : (int)MathF.Round(255 * probabilities[pixel]);
            labels[pixel] = (byte)(isInside ? Math.Max(128, level) : Math.Min(127, level));
        }
        return new(labels, (double)area / labels.Length, u);
    }

    /// <summary>A grader's segmentation as such a picture.</summary>
    public static Picture Of(Segmentation grader)
    {
        var labels = grader.Labels();
        return grader.Classes > 1 ? new(labels, null) : new([.. labels.Select(label => (byte)(255 * label))], (double)grader.Foreground.Area / labels.Length);
    }
}

/// <summary>A Gaussian in standard deviations of the image's prior: mean and standard deviation of each dimension, [D].</summary>
internal sealed record Whitened(IReadOnlyList<double> Mean, IReadOnlyList<double> Sigma);

/// <summary>The latent space of one image.</summary>
/// <param name="Prior">Mean and standard deviation of each dimension of P(z|X), in the units of z, [D].</param>
/// <param name="Graders">Q(z|X, Y) of each grader's segmentation Y; none of an image without graders.</param>
/// <param name="Sensitivity">
/// How much each dimension changes what is drawn, [D]: the mean over pixels of |p(±2σ) − p(µ)|, both signs and all classes together, where one dimension leaves the prior's mean.
/// </param>
internal sealed record LatentSpace(Whitened Prior, IReadOnlyList<Whitened> Graders, IReadOnlyList<double> Sensitivity);

/// <summary>Small segmentations over a plane of the latent space, from −4 to 4 standard deviations of the prior along both axes.</summary>
/// <param name="Side">Segmentations along each axis; row by row from the top, where the second coordinate is largest.</param>
/// <param name="Height">Rows of one of them.</param>
/// <param name="Width">Columns of one of them.</param>
/// <param name="Pixels">[side · side, height, width], as <see cref="Picture.Pixels"/>.</param>
internal sealed record Atlas(int Side, int Height, int Width, byte[] Pixels);
