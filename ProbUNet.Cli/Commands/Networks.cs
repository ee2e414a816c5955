using System.CommandLine;
using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Commands;

/// <summary>What several commands ask for: networks, data, sizes.</summary>
internal static class Networks
{
    public const string ModelHelp = "A name from 'probunet models', a JSON file with a spec, or a run folder.";
    public const string TrainedHelp = "A run folder, or a network that comes with weights ('probunet models' says which).";
    public const string DataHelp = "A folder of graded images in a known layout, synthetic:lesions or synthetic:streets.";

    /// <summary>The network that is looked at where none is named: it comes with weights.</summary>
    private const string Shipped = "nodules";

    /// <summary>Where a command's networks live; one for all commands.</summary>
    private static readonly Option<string> DeviceName = new("--device") { Description = $"Where the network lives: {Devices.Names}.", DefaultValueFactory = _ => "cpu" };

    /// <summary>Whose samples or latent space are looked at; without a name those of the network for crops of lung CT, which comes with weights.</summary>
    public static Argument<string> TrainedArgument() => new("RUN") { Description = $"{TrainedHelp} Without it {Shipped}.", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => Shipped };

    /// <summary>Tells whose they are, where nobody said so; once nothing is refused any more.</summary>
    public static void TellWhose(this ParseResult parsed, Argument<string> argument)
    {
        if (parsed.GetResult(argument) is null or { Implicit: true } or { Tokens.Count: 0 })
            Console.Error.WriteLine($"By {Shipped}, which comes with weights for 128x128 crops of lung CT; name a run to look at another network.");
    }

    /// <summary>Gives a command the option of a device.</summary>
    public static void AddDevice(this Command command) => command.Add(DeviceName);

    /// <summary>The device that is asked for.</summary>
    /// <exception cref="InputException">There is none such here.</exception>
    public static Device DeviceOf(ParseResult parsed)
    {
        try
        {
            return Devices.Open(parsed.GetValue(DeviceName)!);
        }
        catch (InputException error)
        {
            throw new InputException($"--{error.Input}", error.Problem, error.Remedy, error);
        }
    }

    /// <summary>Whether the device that is asked for is a GPU without a number.</summary>
    public static bool IsAnyGpu(ParseResult parsed) => parsed.GetValue(DeviceName) == "cuda";

    /// <summary>The device as it was typed, with a blank before it; nothing where it was left out.</summary>
    public static string DeviceGiven(ParseResult parsed) => parsed.GetResult(DeviceName) is { Implicit: false } ? $" {DeviceName.Name} {parsed.GetValue(DeviceName)}" : "";

    public static Option<string> DataOption() => new("--data") { Description = DataHelp, DefaultValueFactory = _ => "synthetic:lesions" };

    public static Option<string?> SizeOption() => new("--size") { Description = "Rows x columns to open the data at, for example 64x64 (the middle is cut out); without it, at the network's, or at their own for a network that takes it from them (small)." };

    public static Graph GraphOf(CatalogEntry entry) => GraphBuilder.Build(entry.Spec).Match(
        graph => graph,
        errors => throw new InvalidOperationException($"{entry.Name} was valid but has no graph: {errors}"));

    /// <summary>
    /// A network and the data for it. Without a size the data are opened at the network's, unless it is one that takes its size from them; what it took
    /// is a line to be told once nothing is refused any more.
    /// </summary>
    /// <exception cref="InputException">There is no such network, the size is none, or the data cannot be used.</exception>
    public static (CatalogEntry Network, GradedData Data, string? Taken) Open(string model, string source, string? size) => WithData(ModelSource.Open(model), source, size);

    private static (CatalogEntry Network, GradedData Data, string? Taken) WithData(CatalogEntry entry, string source, string? size)
    {
        var image = entry.Spec.Image;
        var data = size is not null ? OpenAt(source, size) : entry.TakesFormOfData ? DataSource.Open(source) : DataSource.Open(source, image.Height, image.Width);
        var network = ModelSource.Fitted(entry, data);
        return (network, data, network.Spec == entry.Spec ? null : $"{network.Name} takes the form of the data: {FormOf(network.Spec)} in the place of {FormOf(entry.Spec)}.");
    }

    /// <summary>The same for a network that is trained as it is: what does not fit is refused, with what to write here.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static (CatalogEntry Network, GradedData Data, string? Taken) OpenFitting(string model, string source, string? size)
    {
        var entry = ModelSource.Open(model);
        var image = entry.Spec.Image;
        if (size is not null && !entry.TakesFormOfData && SizeOf(size) is var (height, width) && (height, width) != (image.Height, image.Width))
            throw new InputException($"--size {size}", $"{entry.Name} takes {image.Height}x{image.Width}", $"leave it out, or declare the network with image.height = {height} and image.width = {width}{Pliant(entry)}");
        var opened = WithData(entry, source, size);
        try
        {
            Fit.Check(opened.Network.Spec, opened.Data.Train, opened.Data.Name, opened.Network.Name);
            return opened;
        }
        catch (InputException error)
        {
            throw new InputException(error.Input, error.Problem, error.Remedy + Pliant(entry), error);
        }
    }

    /// <summary>What else may be done by somebody who has no spec to change, because the network is one of the catalog.</summary>
    private static string Pliant(CatalogEntry entry) =>
        ModelCatalog.All.Contains(entry) && !entry.TakesFormOfData && ModelCatalog.All.FirstOrDefault(other => other.TakesFormOfData && other.Spec.GetType() == entry.Spec.GetType()) is { } pliant
            ? $", or take {pliant.Name}, which takes the form of its data"
            : "";

    private static string FormOf(ModelSpec spec) => string.Create(CultureInfo.InvariantCulture,
        $"{spec.Image.Channels}x{spec.Image.Height}x{spec.Image.Width} with {Counted.Of(spec.Classes, "class", "classes")}");

    private static GradedData OpenAt(string source, string size)
    {
        var (height, width) = SizeOf(size);
        return DataSource.Open(source, height, width);
    }

    private static (int Height, int Width) SizeOf(string size)
    {
        var parts = size.Split('x');
        return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var height) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var width) && height > 0 && width > 0
            ? (height, width)
            : throw new InputException($"--size {size}", "it is no size", "write rows x columns, for example 64x64");
    }

    /// <summary>Numbers between commas.</summary>
    /// <exception cref="InputException">One of them is no number of at least 1.</exception>
    public static int[] Numbers(string option, string text) => [.. text.Split(',').Select(part =>
        int.TryParse(part, CultureInfo.InvariantCulture, out var number) && number >= 1
            ? number
            : throw new InputException($"{option} {text}", $"'{part}' is no number of at least 1", "write for example 1,4,8,16"))];
}
