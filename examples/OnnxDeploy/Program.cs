using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace OnnxDeploy;

internal static class Program
{
    private const string Usage = "usage: OnnxDeploy NETWORK.onnx IMAGE.png SAMPLES.png [COUNT [SEED]]";

    private static int Main(string[] args)
    {
        try
        {
            if (args is not [var file, var scan, var sheet, .. var numbers] || numbers.Length > 2)
                throw new InvalidDataException(Usage);
            var count = Number(numbers.ElementAtOrDefault(0) ?? "15", least: 1);
            var seed = Number(numbers.ElementAtOrDefault(1) ?? "1", least: 0);

            // 1. Load what `probunet export RUN --format onnx --out NETWORK.onnx` wrote.
            using var network = Network.Open(file);

            // 2. Read the image: the middle of it, at the size that the network was made for.
            var image = Picture.Read(scan, network.Channels, network.Height, network.Width);

            // 3. Draw samples. The seed decides everything.
            var samples = network.Sample(image, count, new Random(seed));

            // 4. Look: the image, then what each sample says.
            Picture.Write(sheet, network, image, samples);
            Console.WriteLine($"{samples.Length} segmentations of {Path.GetFileName(scan)} are in {sheet}.");
            return 0;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException or OnnxRuntimeException)
        {
            Console.Error.WriteLine(error.Message.ReplaceLineEndings(" "));
            return 2;
        }
    }

    private static int Number(string word, int least) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
        ? number
        : throw new InvalidDataException($"{word}: it is no whole number from {least} on; {Usage}");
}
