using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using ProbUNet.Models.Benchmarking;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources.Synthetic;
using TorchSharp;

namespace ProbUNet.Benchmarks;

/// <summary>
/// The standard network in ONNX Runtime, as a side of <c>probunet bench</c>: it lives here because the library and the tool are not to carry a second engine. It draws
/// samples and does not train.
/// </summary>
internal static class OnnxRuntimeSide
{
    /// <summary>The first word of a command line that means this and no benchmark of parts.</summary>
    public const string Name = Sides.OnnxRuntime;

    /// <summary>Says a line of JSON a work.</summary>
    /// <param name="args">What <see cref="Sides"/> gives: threads and seconds.</param>
    public static void Run(string[] args)
    {
        var (threads, seconds) = (int.Parse(Value("--threads"), CultureInfo.InvariantCulture), double.Parse(Value("--seconds"), CultureInfo.InvariantCulture));
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.onnx");
        try
        {
            using (var network = ModelCatalog.Find("standard").Create(1))
                OnnxExport.Save(network, file);
            using var options = new SessionOptions { IntraOpNumThreads = threads };
            using var session = new InferenceSession(file, options);
            foreach (var work in Work.Standard.Where(work => work.Kind == WorkKind.Sample))
                Console.WriteLine(Timed(session, work, new Timing(2, seconds, 10)).Write());
        }
        finally
        {
            foreach (var written in Directory.GetFiles(Path.GetDirectoryName(file)!, $"{Path.GetFileNameWithoutExtension(file)}*"))
                File.Delete(written);
        }

        string Value(string option) => args[Array.IndexOf(args, option) + 1];
    }

    private static SideLine Timed(InferenceSession session, Work work, Timing timing)
    {
        var scan = SyntheticLesions.Draw(StandardNet.Spec.Image.Height, StandardNet.Spec.Image.Width, 1, 0, 0).Train[0];
        var latent = (int)session.InputMetadata["noise"].Dimensions[2];
        using var pixels = ImageTensors.Of(scan, torch.CPU);
        using var image = OrtValue.CreateTensorValueFromMemory(pixels.data<float>().ToArray(), [1, 1, scan.Height, scan.Width]);
        // Drawn anew each time, as every side does.
        var (random, noise) = (RandomStream.For(1), new float[work.Count * latent]);
        using var run = new RunOptions();
        var times = timing.Of(() =>
        {
            for (var i = 0; i < noise.Length; i++)
                noise[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            using var drawn = OrtValue.CreateTensorValueFromMemory(noise, [1, work.Count, latent]);
            session.Run(run, new Dictionary<string, OrtValue> { ["image"] = image, ["noise"] = drawn }, ["probabilities"]).Dispose();
        });
        using var process = Process.GetCurrentProcess();
        return new SideLine($"onnxruntime {typeof(InferenceSession).Assembly.GetName().Version!.ToString(3)}", "f32", work.Name, Math.Round(Timing.Median(times), 2), times.Length, process.PeakWorkingSet64 >> 20);
    }
}
