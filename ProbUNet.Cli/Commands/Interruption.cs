using System.Runtime.InteropServices;
using ProbUNet.Models.Distributed;

namespace ProbUNet.Cli.Commands;

/// <summary>
/// What Ctrl-C and SIGTERM ask of a command that goes on later: the first of them ends it at a place from which it does, the second one ends the process. Ranks of a job heed SIGUSR1 too, which mpirun hands on to them, and which Slurm is asked to
/// send before a job's time is up.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const int LinuxUser1 = 10;

    private readonly CancellationTokenSource _asked = new();
    private readonly List<PosixSignalRegistration> _registrations;

    public Interruption(Communicator ranks) => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask),
        .. OperatingSystem.IsLinux() && ranks.Size > 1 ? new[] { PosixSignalRegistration.Create((PosixSignal)LinuxUser1, Ask) } : [],
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _asked.Token;

    /// <summary>Does what says by itself where it goes on: all of it, or until it is asked to stop, which it tells.</summary>
    /// <param name="ranks">Those who do it. Of several, a signal ends them at once, as there is no place at which all could stop.</param>
    /// <param name="act">Answers with an exit code.</param>
    public static int Heeded(Communicator ranks, Func<CancellationToken, int> act)
    {
        if (ranks.Size > 1)
            return act(CancellationToken.None);
        using var interruption = new Interruption(ranks);
        try
        {
            return act(interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine("Stopped; the same command goes on with it.");
            return Program.Failed;
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _asked.Dispose();
    }

    private void Ask(PosixSignalContext signal)
    {
        if (_asked.IsCancellationRequested)
            return;
        signal.Cancel = true;
        _asked.Cancel();
    }
}
