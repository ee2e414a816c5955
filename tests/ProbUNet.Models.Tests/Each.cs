namespace ProbUNet.Models.Tests;

/// <summary>Handles what is reported at once, on the thread that reports it.</summary>
internal sealed class Each<T>(Action<T> handle) : IProgress<T>
{
    public void Report(T value) => handle(value);
}

/// <summary>Every look at this clock is so many seconds after the one before.</summary>
internal sealed class SteadyClock(int seconds = 1) : TimeProvider
{
    private long _seconds;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => _seconds += seconds;
}
