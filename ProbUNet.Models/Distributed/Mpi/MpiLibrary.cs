using System.Runtime.InteropServices;

namespace ProbUNet.Models.Distributed.Mpi;

/// <summary>
/// An MPI that is installed here, found when the program runs: Open MPI, or MPICH and what has its binary interface (Intel MPI, MVAPICH, Cray MPICH). No header says what their handles are, for there
/// is no compiler: in Open MPI they are the addresses of global symbols, in MPICH integers (www.mpich.org/abi), and which it is the library's symbols tell.
/// </summary>
internal sealed unsafe partial class MpiLibrary
{
    /// <summary>The environment variable that names the library, where the one that is found is not the launcher's.</summary>
    public const string Variable = "PROBUNET_MPI_LIBRARY";

    private const string Remedy = "install Open MPI (Debian and Ubuntu: apt-get install openmpi-bin; Fedora: dnf install openmpi; conda: conda install -c conda-forge openmpi), or name your cluster's library by " + Variable;

    // libmpi.so.40 is Open MPI's since 3.0; .12 is what MPICH and its kin have agreed on. The names without a number come with compilers alone.
    private static readonly string[] OpenMpi = ["libmpi.so.40", "libmpi.40.dylib"];
    private static readonly string[] Mpich = ["libmpi.so.12", "libmpich.so.12", "libmpi.12.dylib"];
    private static readonly string[] Unnumbered = ["libmpi.so", "libmpich.so", "libmpi.dylib"];

    private readonly nint _library;

    private MpiLibrary(string name, nint library)
    {
        (Name, _library) = (name, library);
        IsOpenMpi = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _);
        if (!IsOpenMpi && !NativeLibrary.TryGetExport(library, "MPI_Init_thread", out _))
            throw new InputException(name, "it is no library of MPI", Remedy);
        World = Handle("ompi_mpi_comm_world", 0x44000000);
        Byte = Handle("ompi_mpi_byte", 0x4c00010d);
        Float = Handle("ompi_mpi_float", 0x4c00040a);
        Half = Handle("ompi_mpi_unsigned_short", 0x4c000204);
        Sum = Handle("ompi_mpi_op_sum", 0x58000003);
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Whether it is Open MPI; else it has MPICH's interface.</summary>
    public bool IsOpenMpi { get; }

    /// <summary>MPI_COMM_WORLD.</summary>
    public nint World { get; }

    /// <summary>MPI_BYTE.</summary>
    public nint Byte { get; }

    /// <summary>MPI_FLOAT.</summary>
    public nint Float { get; }

    /// <summary>MPI_UNSIGNED_SHORT, which a bfloat16 travels as.</summary>
    public nint Half { get; }

    /// <summary>MPI_SUM.</summary>
    public nint Sum { get; }

    /// <summary>MPI_IN_PLACE.</summary>
    public nint InPlace => IsOpenMpi ? 1 : -1;

    /// <summary>Finds the library: the one that is named, else the launcher's, else any.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static MpiLibrary Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return Load(named) ?? throw new InputException($"{Variable}={named}", "it cannot be loaded", "name the file of a library of MPI, such as libmpi.so.40");
        // MPICH's launcher speaks PMI; Open MPI's tells of itself. Slurm speaks either, and what is installed decides.
        string[] names = Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is null && Environment.GetEnvironmentVariable("PMI_SIZE") is not null
            ? [.. Mpich, .. OpenMpi, .. Unnumbered] : [.. OpenMpi, .. Mpich, .. Unnumbered];
        return names.Select(Load).FirstOrDefault(library => library is not null) ?? throw new InputException("--distributed mpi", "there is no MPI on this machine", Remedy);
    }

    /// <summary>A function of the library.</summary>
    public nint Function(string name) => NativeLibrary.GetExport(_library, name);

    private static MpiLibrary? Load(string name)
    {
        // Open MPI's plugins look for its symbols among those of the whole process, where .NET does not put them.
        const int now = 2, global = 0x100;
        if (OperatingSystem.IsLinux())
            try
            {
                _ = Open(name, now | global);
            }
            catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
            {
                // Another C library than glibc: it is loaded in .NET's way.
            }
        return NativeLibrary.TryLoad(name, out var library) ? new MpiLibrary(name, library) : null;
    }

    private nint Handle(string symbol, int number) => IsOpenMpi ? NativeLibrary.GetExport(_library, symbol) : number;

    [LibraryImport("libdl.so.2", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string name, int flags);
}
