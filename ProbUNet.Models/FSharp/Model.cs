using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using ProbUNet.Dsl;
using ProbUNet.Dsl.FSharp;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

// F#'s own style: functions are camel case, curried, and take their data last.
#pragma warning disable IDE1006

namespace ProbUNet.Models.FSharp;

/// <summary>Networks with weights, for F#. Whoever makes one disposes it: <c>use model = Model.create 1L network</c>.</summary>
public static class Model
{
    /// <summary>A network with the initial weights of a seed, on the CPU (<see cref="moveTo"/> moves it): seed → network. The values are those of a generated class with the same seed.</summary>
    public static FSharpFunc<Network, SegmentationModel> create(long seed) => FuncConvert.FromFunc((Network network) => Interpreter.Create(network.Spec, seed).Match(
        model => model,
        errors => throw new ArgumentException(string.Join("; ", errors), nameof(network))));   // Network.build gives no such network

    /// <summary>Moves a network to a device (cpu, cuda, cuda:1 or mps), and gives it back; or why there is none: device → network. One that was made or loaded lives on the CPU until then.</summary>
    public static FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>> moveTo(string device) => FuncConvert.FromFunc((SegmentationModel model) => Results.Of(() =>
    {
        model.MoveTo(Devices.Open(device));
        return model;
    }));

    /// <summary>A network of the catalog with the weights that come with the library: <c>Model.pretrained "lesions"</c>; or why there is none, with the names of those that there are.</summary>
    public static FSharpResult<SegmentationModel, string> pretrained(string name) => Results.Of(() => ModelCatalog.Pretrained(name));

    /// <summary>What the network is.</summary>
    public static ModelSpec spec(SegmentationModel model) => model.Declaration;

    /// <summary>The number of trainable values.</summary>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public static long parameterCount(SegmentationModel model) => model.ParameterCount;

    /// <summary>Draws probabilities [N, count, classes, H, W] for images [N, C, H, W] in [0, 1]: count → random → image → model. The caller owns the tensor. <see cref="predict"/> gives a Result in the place of exceptions.</summary>
    /// <exception cref="ArgumentException">The image is not of the network's shape or no float32, is missing, as the generator may be, or the count is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public static FSharpFunc<Generator, FSharpFunc<Tensor, FSharpFunc<SegmentationModel, Tensor>>> sample(int count) =>
        FuncConvert.FromFunc((Generator random, Tensor image, SegmentationModel model) => model.Sample(image, count, random));

    /// <summary>The same in the memory of a tile, for images of any size: tile (pixels of its side) → count → random → image → model. <see cref="predictInTiles"/> gives a Result in the place of exceptions.</summary>
    /// <exception cref="ArgumentException">The image is not of the network's channels or no float32, is missing, as the generator may be, or the count or the tile is less than 1.</exception>
    /// <exception cref="InputException">No network of this size can be declared, or a tile would need the whole image: normalisation by instance, group or layer, circular padding, a Dropout U-Net.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public static FSharpFunc<int, FSharpFunc<Generator, FSharpFunc<Tensor, FSharpFunc<SegmentationModel, Tensor>>>> sampleInTiles(int tile) =>
        FuncConvert.FromFunc((int count, Generator random, Tensor image, SegmentationModel model) => model.SampleInTiles(image, count, random, tile));

    /// <summary>The terms of the loss on a batch: random → image [N, C, H, W] → mask [N, classes, H, W] → model.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit the network or each other, or something is missing.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public static FSharpFunc<Tensor, FSharpFunc<Tensor, FSharpFunc<SegmentationModel, LossTerms>>> loss(Generator random) =>
        FuncConvert.FromFunc((Tensor image, Tensor mask, SegmentationModel model) => model.Living.Loss(image, mask, random));

    /// <summary>Segmentations of one image, drawn as the evaluation draws them: count → seed → image → model; or why the image does not fit.</summary>
    public static FSharpFunc<long, FSharpFunc<GradedImage, FSharpFunc<SegmentationModel, FSharpResult<FSharpList<Segmentation>, string>>>> predict(int count) =>
        FuncConvert.FromFunc((long seed, GradedImage image, SegmentationModel model) => Results.Of(() => ListModule.OfSeq(Predictor.Predict(model, image, count, seed).Samples)));

    /// <summary>The same with the probabilities and their mean and standard deviation, as a picture needs them: count → seed → image → model; or why the image does not fit.</summary>
    public static FSharpFunc<long, FSharpFunc<GradedImage, FSharpFunc<SegmentationModel, FSharpResult<Prediction, string>>>> prediction(int count) =>
        FuncConvert.FromFunc((long seed, GradedImage image, SegmentationModel model) => Results.Of(() => Predictor.Predict(model, image, count, seed)));

    /// <summary>Segmentations of an image of any size in the memory of a tile, the same to rounding: tile (pixels of its side) → count → seed → image → model; or why that cannot be done.</summary>
    public static FSharpFunc<int, FSharpFunc<long, FSharpFunc<GradedImage, FSharpFunc<SegmentationModel, FSharpResult<FSharpList<Segmentation>, string>>>>> predictInTiles(int tile) =>
        FuncConvert.FromFunc((int count, long seed, GradedImage image, SegmentationModel model) => Results.Of(() => ListModule.OfSeq(Predictor.Predict(model, image, count, seed, tile).Samples)));

    /// <summary>The same with the probabilities and their mean and standard deviation: tile → count → seed → image → model.</summary>
    public static FSharpFunc<int, FSharpFunc<long, FSharpFunc<GradedImage, FSharpFunc<SegmentationModel, FSharpResult<Prediction, string>>>>> predictionInTiles(int tile) =>
        FuncConvert.FromFunc((int count, long seed, GradedImage image, SegmentationModel model) => Results.Of(() => Predictor.Predict(model, image, count, seed, tile)));
}

/// <summary>Weights to and from files, for F#.</summary>
public static class Weights
{
    /// <summary>Writes safetensors, whole or not at all, and hands the network on: path → model; or why the file cannot be written.</summary>
    public static FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>> save(string path) =>
        FuncConvert.FromFunc((SegmentationModel model) => Results.After(model, saved => Interchange.Weights.Save(saved, path)));

    /// <summary>The same in another precision: <c>ElementType.BF16</c> or <c>ElementType.F16</c>, half the size, or <c>ElementType.F32</c>: type → path → model.</summary>
    public static FSharpFunc<string, FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>>> saveAs(Interchange.ElementType type) =>
        FuncConvert.FromFunc((string path, SegmentationModel model) => Results.After(model, saved => Interchange.Weights.Save(saved, path, type: type)));

    /// <summary>Reads them, or what PyTorch's torch.save wrote, into a network and hands it on: path → model; or what does not fit, and the network is as it was.</summary>
    public static FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>> load(string path) =>
        FuncConvert.FromFunc((SegmentationModel model) => Results.After(model, loaded => Interchange.Weights.Load(loaded, path)));

    /// <summary>The same from a file that calls them otherwise: map → path → model. The map is <c>reference</c> (the public PyTorch re-implementation), or a JSON file.</summary>
    public static FSharpFunc<string, FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>>> loadAs(string map) =>
        FuncConvert.FromFunc((string path, SegmentationModel model) => Results.After(model, loaded =>
        {
            using var file = Interchange.TensorFile.Open(path);
            Interchange.Weights.Load(loaded, file, Interchange.NameMap.Open(map));
        }));

    /// <summary>
    /// Makes a run folder of a network whose weights were loaded from elsewhere, to be judged and begun with, and hands the network on: folder → origin (the file that they came from) → model; or why
    /// the folder cannot be made.
    /// </summary>
    public static FSharpFunc<string, FSharpFunc<SegmentationModel, FSharpResult<SegmentationModel, string>>> importIn(string folder) =>
        FuncConvert.FromFunc((string origin, SegmentationModel model) => Results.After(model, imported => Models.Training.RunFolder.Import(folder, imported, origin)));
}

/// <summary>Networks as ONNX, to be run without this library, for F#.</summary>
public static class Onnx
{
    /// <summary>Writes a network: path → model; the files that were written, the one that was asked for first, or why they cannot be.</summary>
    public static FSharpFunc<SegmentationModel, FSharpResult<FSharpList<string>, string>> save(string path) =>
        FuncConvert.FromFunc((SegmentationModel model) => Results.Of(() => ListModule.OfSeq(Interchange.OnnxExport.Save(model, path))));

    /// <summary>The same with the kernels of convolutions in another precision, <c>OnnxWeights.Float16</c> for half the size: weights → path → model.</summary>
    public static FSharpFunc<string, FSharpFunc<SegmentationModel, FSharpResult<FSharpList<string>, string>>> saveAs(Interchange.OnnxWeights weights) =>
        FuncConvert.FromFunc((string path, SegmentationModel model) => Results.Of(() => ListModule.OfSeq(Interchange.OnnxExport.Save(model, path, weights))));
}
