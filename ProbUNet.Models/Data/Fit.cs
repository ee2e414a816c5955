using ProbUNet.Dsl;

namespace ProbUNet.Models.Data;

/// <summary>Whether images are what a network takes, asked before any work is done with them.</summary>
internal static class Fit
{
    /// <summary>Refuses a set without images, or with one that is not of the network's size, and a network that has other classes than its masks.</summary>
    /// <param name="network">What is to look at the images.</param>
    /// <param name="images">At least one.</param>
    /// <param name="data">What the set of the images is called, where that is known.</param>
    /// <param name="called">What the network is called, where that is known.</param>
    /// <exception cref="InputException">Names the data, or the single image; says what they have and what the network has.</exception>
    public static void Check(ModelSpec network, IReadOnlyList<GradedImage> images, string? data = null, string called = "the network") =>
        Check(network, images, data, called, isTrained: false, names: []);

    /// <summary>The same of every split of data that has images, for a network that was trained already: it stays as it is, and its classes have names.</summary>
    /// <param name="network">What is to look at the images.</param>
    /// <param name="data">What is looked at.</param>
    /// <param name="called">What the network is called.</param>
    /// <param name="names">What its classes are called, where that is known: the masks' classes are called so too, in the same order.</param>
    /// <inheritdoc cref="Check(ModelSpec, IReadOnlyList{GradedImage}, string, string)" path="/exception"/>
    public static void CheckTrained(ModelSpec network, GradedData data, string called, IReadOnlyList<string> names)
    {
        foreach (var images in new[] { data.Train, data.Validation, data.Test }.Where(images => images.Count > 0))
            Check(network, images, data.Name, called, isTrained: true, names);
    }

    private static void Check(ModelSpec network, IReadOnlyList<GradedImage> images, string? data, string called, bool isTrained, IReadOnlyList<string> names)
    {
        if (images.Count == 0)
            throw new InputException(data ?? "The images", "there are none", "give at least one");
        var culprit = data ?? (images.Count == 1 ? images[0].Name : "The data");
        var faults = new List<InputException>();
        void Refuse(string problem, string remedy, string declared) => faults.Add(new(culprit, problem, isTrained ? remedy : $"{remedy}, or declare the network with {declared}"));

        if (images.FirstOrDefault(image => image.Classes.Count != network.Classes) is { } other)
            Refuse($"the masks have {Classes(other.Classes.Count)} and {called} has {Classes(network.Classes)}", $"take data with {Classes(network.Classes)}", $"ModelSpec.Classes = {other.Classes.Count}");
        else if (images.SelectMany(image => names.Zip(image.Classes.Names)).FirstOrDefault(pair => pair.First != pair.Second) is { First: not null } differ)
            faults.Add(new(culprit, $"the masks have the class {differ.Second} where {called} was trained on {differ.First}", "take data with the classes that it was trained on, in their order"));

        var wanted = network.Image;
        if (images.FirstOrDefault(image => FormOf(image) != (wanted.Channels, wanted.Height, wanted.Width)) is { } misfit)
        {
            var form = FormOf(misfit);
            // One image that is unlike the others is a fault of its own, and has to be found.
            var who = images.Count == 1 ? "the image is" : images.All(image => FormOf(image) == form) ? "the images are" : $"the image {misfit.Name} is";
            var (remedy, declared) = form.Channels == wanted.Channels
                ? ($"open the data at {wanted.Height}x{wanted.Width}", $"ModelSpec.Image.Height = {form.Height} and ModelSpec.Image.Width = {form.Width}")
                : ($"take data with {Counted.Of(wanted.Channels, "channel")}", $"ModelSpec.Image.Channels = {form.Channels}");
            Refuse($"{who} {form.Channels}x{form.Height}x{form.Width} and {called} takes {wanted.Channels}x{wanted.Height}x{wanted.Width}", remedy, declared);
        }
        InputException.Refuse(faults);

        static (int Channels, int Height, int Width) FormOf(GradedImage image) => (image.Channels, image.Height, image.Width);

        static string Classes(int count) => Counted.Of(count, "class", "classes");
    }
}
