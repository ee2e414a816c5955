using System.Globalization;
using System.Text;
using System.Text.Json;

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
        byte[] line = [.. MetricsLine.Of(step).Write(), (byte)'\n'];
        Disk.Try(_path, () => _stream.Write(line));
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
            return MetricsLine.Read(line)?.In(steps);
        }
        catch (JsonException)
        {
            return null;
        }
    }

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
