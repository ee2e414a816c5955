using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ProbUNet.Models.Distributed.Mpi;

/// <summary>The processes of an MPI job, as <c>mpirun</c> or <c>srun</c> has begun them; a process that neither has begun is one rank.</summary>
public sealed unsafe class MpiRanks : Communicator
{
    /// <summary>MPI_THREAD_SERIALIZED: several threads may call, one at a time.</summary>
    private const int Serialized = 2;

    private readonly MpiLibrary _mpi;
    private readonly delegate* unmanaged<nint, void*, int, nint, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> _broadcast;
    private readonly nint _sumOfHalves;
    private bool _left;

    private MpiRanks(MpiLibrary mpi)
    {
        _mpi = mpi;
        int provided = 0, rank = 0, size = 0;
        Check(((delegate* unmanaged<int*, void*, int, int*, int>)mpi.Function("MPI_Init_thread"))(null, null, Serialized, &provided), "MPI_Init_thread");
        if (provided < Serialized)
            throw new InputException(mpi.Name, "it allows calls from one thread alone", "take an MPI that was built with MPI_THREAD_SERIALIZED");
        Check(((delegate* unmanaged<nint, int*, int>)mpi.Function("MPI_Comm_rank"))(mpi.World, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged<nint, int*, int>)mpi.Function("MPI_Comm_size"))(mpi.World, &size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
        _allReduce = (delegate* unmanaged<nint, void*, int, nint, nint, nint, int>)mpi.Function("MPI_Allreduce");
        _broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)mpi.Function("MPI_Bcast");
        nint sum = 0;
        Check(((delegate* unmanaged<delegate* unmanaged[Cdecl]<ushort*, ushort*, int*, void*, void>, int, nint*, int>)mpi.Function("MPI_Op_create"))(&AddHalves, 1, &sum), "MPI_Op_create");
        _sumOfHalves = sum;
    }

    /// <summary>Joins the job. Once in a process, for MPI cannot be begun a second time.</summary>
    /// <exception cref="InputException">There is no MPI on this machine.</exception>
    public static MpiRanks Join() => new(MpiLibrary.Find());

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Size { get; }

    /// <summary>The library and its version, in one line.</summary>
    public string Version
    {
        get
        {
            // MPI_MAX_LIBRARY_VERSION_STRING is 256 in Open MPI and 8192 in MPICH.
            var text = stackalloc byte[8192];
            int length = 0;
            Check(((delegate* unmanaged<byte*, int*, int>)_mpi.Function("MPI_Get_library_version"))(text, &length), "MPI_Get_library_version");
            var first = Encoding.UTF8.GetString(text, length).Split('\n', ',')[0];
            return $"{string.Join(' ', first.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))} ({_mpi.Name})";
        }
    }

    /// <inheritdoc/>
    public override void AllReduce(Span<float> values) => Reduce(values, _mpi.Float, _mpi.Sum);

    /// <inheritdoc/>
    public override void AllReduceBFloat16(Span<ushort> values) => Reduce(values, _mpi.Half, _sumOfHalves);

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> values, int root = 0)
    {
        fixed (byte* start = values)
            Check(_broadcast(start, values.Length, _mpi.Byte, root, _mpi.World), "MPI_Bcast");
    }

    /// <inheritdoc/>
    public override void Barrier() => Check(((delegate* unmanaged<nint, int>)_mpi.Function("MPI_Barrier"))(_mpi.World), "MPI_Barrier");

    /// <summary>Ends the whole job at once, this process included, with an exit code: for a rank that cannot go on, and for which the others would wait for ever.</summary>
    public void Abort(int code) => _ = ((delegate* unmanaged<nint, int, int>)_mpi.Function("MPI_Abort"))(_mpi.World, code);

    /// <summary>Waits for the others to leave as well.</summary>
    public override void Dispose()
    {
        if (_left)
            return;
        _left = true;
        Check(((delegate* unmanaged<int>)_mpi.Function("MPI_Finalize"))(), "MPI_Finalize");
    }

    private void Reduce<T>(Span<T> values, nint type, nint operation) where T : unmanaged
    {
        fixed (T* start = values)
            Check(_allReduce(_mpi.InPlace, start, values.Length, type, operation, _mpi.World), "MPI_Allreduce");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void AddHalves(ushort* values, ushort* sum, int* count, void* type) => BFloat16Sum.Add(new(values, *count), new(sum, *count));

    /// <summary>MPI ends the job itself when a call fails, unless it is told otherwise; this is for what it lets pass.</summary>
    private static void Check(int code, string function)
    {
        if (code != 0)
            throw new InvalidOperationException($"{function} of MPI has failed with code {code}.");
    }
}
