using ProbUNet.Dsl;

namespace ProbUNet.Models.Data;

/// <summary>Whether images are what a network takes, asked before any work is done with them.</summary>
internal static class Fit
{
    /// <summary>Refuses a set without images, or with one that is not of the network's size, and a network that has other classes than its masks.</summary>
    /// <param name="network">What is to look at the images.</param>
    /// <param name="images">At least one.</param>
    /// <param name="names">What the network's classes are called, where that is known: the masks' classes are called so too, in the same order.</param>
    /// <exception cref="InputException">Names the first image at fault, or the setting.</exception>
    public static void Check(ModelSpec network, IReadOnlyList<GradedImage> images, IReadOnlyList<string>? names = null)
    {
        if (images.Count == 0)
            throw new InputException("The images", "there are none", "give at least one");
        foreach (var image in images)
        {
            if (image.Classes.Count != network.Classes)
                throw new InputException($"Classes = {network.Classes}",
                    image.Classes.Count == 1 ? "the masks of this data are binary" : $"the masks of this data have {image.Classes.Count} classes",
                    $"declare the network with Classes = {image.Classes.Count}");
            if (names is { Count: > 0 } && names.Zip(image.Classes.Names).FirstOrDefault(pair => pair.First != pair.Second) is { First: not null } differ)
                throw new InputException(image.Name,
                    $"the masks of this data have the class {differ.Second} where the network was trained on {differ.First}",
                    "take data with the classes that it was trained on, in their order");
            if ((image.Channels, image.Height, image.Width) != (network.Image.Channels, network.Image.Height, network.Image.Width))
                throw new InputException(image.Name,
                    $"the image is {image.Channels}x{image.Height}x{image.Width} and the network takes {network.Image.Channels}x{network.Image.Height}x{network.Image.Width}",
                    image.Channels == network.Image.Channels
                        ? $"declare the network for the size of the data, or open the data at the network's, {network.Image.Height}x{network.Image.Width}"
                        : "declare the network for the channels and size of the data, or open other data");
        }
    }

    /// <summary>The same of every split of data that has images.</summary>
    /// <inheritdoc cref="Check(ModelSpec, IReadOnlyList{GradedImage}, IReadOnlyList{string})"/>
    public static void Check(ModelSpec network, GradedData data, IReadOnlyList<string> names)
    {
        foreach (var images in new[] { data.Train, data.Validation, data.Test }.Where(images => images.Count > 0))
            Check(network, images, names);
    }
}
