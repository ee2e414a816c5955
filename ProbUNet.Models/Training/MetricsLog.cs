using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProbUNet.Models.Training;

/// <summary>One line a step, readable while the training runs. No clock in it: the same run gives the same bytes, however often it was stopped.</summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    /// <summary>Opens the log behind the lines of the steps that are done; what a training that was cut short wrote after them is taken away, for it will be written again.</summary>
    /// <exception cref="InputException">The file cannot be read or written.</exception>
    public MetricsLog(string path, int done) => (_path, _stream) = (path, Disk.Try(path, () =>
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);   // a line is written whole, or its error is told with it
        stream.SetLength(EndOf(stream, done));
        stream.Seek(0, SeekOrigin.End);
        return stream;
    }));

    /// <summary>Writes a line.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Append(TrainingStep step)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step.Step);
            json.WriteNumber("loss", step.Loss);
            json.WriteNumber("crossEntropy", step.CrossEntropy);
            json.WriteNumber("kl", step.KullbackLeibler);
            json.WriteNumber("learningRate", step.LearningRate);
            json.WriteNumber("gradientNorm", step.GradientNorm);
            if (step.KullbackLeiblerPerDimension is { } dimensions)
            {
                json.WriteNumber("beta", step.Beta);
                json.WriteNumber("reconstructionWeight", step.ReconstructionWeight);
                json.WriteNumber("activeDimensions", step.ActiveDimensions);
                json.WriteStartArray("klPerDimension");
                foreach (var nats in dimensions)
                    json.WriteNumberValue(nats);
                json.WriteEndArray();
            }
            if (step.Diversity is { } diversity)
            {
                json.WriteNumber("sampleDiversity", diversity.Samples);
                json.WriteNumber("graderDiversity", diversity.Graders);
            }
            if (step.ValidationGed is { } ged)
            {
                json.WriteNumber("validationGed", ged);
                json.WriteBoolean("isBest", step.IsBest);
            }
            if (step.Warning is { } warning)
                json.WriteString("warning", warning);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        Disk.Try(_path, () => _stream.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    /// <summary>The steps of a log, in their order; a last line that was cut short is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="steps">How many there will be.</param>
    /// <exception cref="InputException">The file cannot be read, or a line is none of a step.</exception>
    public static IReadOnlyList<TrainingStep> Read(string path, int steps)
    {
        var lines = Disk.Try(path, () =>
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Split('\n')[..^1];
        });
        return [.. lines.Select((line, i) => StepIn(line, steps) ?? throw new InputException(path, string.Create(CultureInfo.InvariantCulture, $"its line {i + 1} is not of a step of training"), "remove the file: the report then has no curves"))];
    }

    private static TrainingStep? StepIn(string line, int steps)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line, JsonSerializerOptions.Web) is not { } read ? null : new TrainingStep(read.Step, steps, read.Loss, read.CrossEntropy, read.Kl, read.LearningRate)
            {
                GradientNorm = read.GradientNorm,
                KullbackLeiblerPerDimension = read.KlPerDimension,
                Beta = read.Beta,
                ReconstructionWeight = read.ReconstructionWeight,
                Diversity = read is { SampleDiversity: { } samples, GraderDiversity: { } graders } ? new Diversity(samples, graders) : null,
                ValidationGed = read.ValidationGed,
                IsBest = read.IsBest,
                Warning = read.Warning,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What <see cref="Append"/> writes.</summary>
    private sealed record Line(
        [property: JsonRequired] int Step, [property: JsonRequired] double Loss, [property: JsonRequired] double CrossEntropy, [property: JsonRequired] double Kl, [property: JsonRequired] double LearningRate,
        double GradientNorm, double Beta, double ReconstructionWeight, IReadOnlyList<double>? KlPerDimension, double? SampleDiversity, double? GraderDiversity, double? ValidationGed, bool IsBest, string? Warning);

    /// <summary>Waits until all lines are on the disk: a checkpoint never knows of steps that the log has lost.</summary>
    public void Flush() => Disk.Try(_path, () => _stream.Flush(flushToDisk: true));

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>Where the lines of the steps up to one end: by what they say, for some may have been lost.</summary>
    private static long EndOf(FileStream stream, int done)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var end = 0L;
        // A last line without an end was cut short; all is ASCII but for warnings.
        while (reader.ReadLine() is { } line && end + Encoding.UTF8.GetByteCount(line) < stream.Length && StepOf(line) is { } step && step <= done)
            end += Encoding.UTF8.GetByteCount(line) + 1;
        return end;
    }

    private static int? StepOf(string line)
    {
        const string begin = "{\"step\":";
        return line.StartsWith(begin, StringComparison.Ordinal) && line.IndexOf(',', StringComparison.Ordinal) is var comma and > 0
            && int.TryParse(line.AsSpan(begin.Length..comma), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
    }
}
