using ProbUNet.Dsl;

namespace ProbUNet.Models.Data;

/// <summary>Whether images are what a network takes, asked before any work is done with them.</summary>
internal static class Fit
{
    /// <summary>Refuses a set without images, or with one that is not of the network's size, and a network that has other classes than its masks.</summary>
    /// <exception cref="InputException">Names the first image at fault, or the setting.</exception>
    public static void Check(ModelSpec network, IReadOnlyList<GradedImage> images)
    {
        if (images.Count == 0)
            throw new InputException("The images", "there are none", "give at least one");
        foreach (var image in images)
        {
            if (image.Classes.Count != network.Classes)
                throw new InputException($"Classes = {network.Classes}",
                    image.Classes.Count == 1 ? "the masks of this data are binary" : $"the masks of this data have {image.Classes.Count} classes",
                    $"declare the network with Classes = {image.Classes.Count}");
            if ((image.Channels, image.Height, image.Width) != (network.Image.Channels, network.Image.Height, network.Image.Width))
                throw new InputException(image.Name,
                    $"the image is {image.Channels}x{image.Height}x{image.Width} and the network takes {network.Image.Channels}x{network.Image.Height}x{network.Image.Width}",
                    "declare the network for the channels and size of the data, or open the data at the network's size");
        }
    }
}
