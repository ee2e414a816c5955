using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Catalog;

/// <summary>Finds networks by what a command line calls them: a name of the catalog, a file with a spec in JSON, or a run folder.</summary>
public static class ModelSource
{
    /// <summary>The network of a name, a file or a folder.</summary>
    /// <param name="source">For example <c>lidc-dropout</c>, <c>my-variant.json</c> or <c>out/run</c>.</param>
    /// <exception cref="InputException">There is none, or it cannot be used; the message says what is wrong.</exception>
    public static CatalogEntry Open(string source)
    {
        if (RunFolder.Recognizes(source))
            return Of(source, "a run's", RunFolder.Open(source).Spec);
        if (!source.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return ModelCatalog.Find(source);
        return SpecJson.Read(Disk.Read(source, () => File.ReadAllText(source))).Match(
            spec => Of(source, "a file's", spec),
            errors => throw (MisnamedRun.DescribedBy(source) is { } run ? MisnamedRun.Described(source, $"name {run}") : Unusable(source, errors)));
    }

    /// <summary>A file whose spec cannot be used. Errors say what to do behind a colon.</summary>
    private static InputException Unusable(string source, ValueList<SpecError> errors) => InputException.Of([.. errors.Select((error, place) =>
    {
        var (problem, remedy) = error.Message.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0 ? (error.Message[..colon], error.Message[(colon + 2)..]) : (error.Message, "mend the file");
        return error.Path.Length == 0 ? new InputException(source, problem, remedy)
            : place == 0 ? new InputException(source, $"{error.Path}: {problem}", remedy)
            : new InputException(error.Path, problem, remedy);
    })]);

    /// <summary>The network as its data need it: the catalog's <c>small</c> ones take their channels, classes and size; any other stays as it is.</summary>
    /// <param name="network">From <see cref="Open"/>.</param>
    /// <param name="data">What it shall be trained on.</param>
    /// <exception cref="InputException">The data's size does not suit the network.</exception>
    public static CatalogEntry Fitted(CatalogEntry network, GradedData data)
    {
        if (data.Train.Count == 0)
            throw new InputException(data.Name, "it has no images to train on", "give it a train split");
        var image = data.Train[0];
        var spec = network.Spec with { Image = new ImageSpec(image.Channels, image.Height, image.Width), Classes = image.Classes.Count };
        return spec == network.Spec || !network.TakesFormOfData ? network : Of(network.Name, network.Description, spec);
    }

    /// <summary>A network that is made by the interpreter.</summary>
    /// <exception cref="InputException">The spec breaks a rule.</exception>
    public static CatalogEntry Of(string name, string description, ModelSpec spec)
    {
        var errors = spec.Validate();
        if (errors.Count > 0)
            throw new InputException(name, string.Join(InputException.Also, errors.Select(error => error.Message)), "choose other data or another network");
        return new CatalogEntry(name, $"{ModelCatalog.TitleOf(spec)}, {description}", spec, seed =>
            Interpreter.Create(spec, seed).Match(model => model, broken => throw new InvalidOperationException($"{name} was valid and is not: {broken}")));
    }
}
