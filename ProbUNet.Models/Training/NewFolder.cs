namespace ProbUNet.Models.Training;

/// <summary>
/// A folder that one file makes what it is (a run, a search, a comparison), written last and whole. What a process left there that was killed before is in nobody's way: the same command begins anew, and removes it.
/// </summary>
/// <param name="folder">The folder; it need not be there.</param>
/// <param name="first">The name of that file.</param>
/// <param name="refusal">What is said of a folder that has something else in it.</param>
/// <param name="isLeft">What else such a process may have left, by its path; nothing else if left out.</param>
internal sealed class NewFolder(string folder, string first, InputException refusal, Func<string, bool>? isLeft = null)
{
    /// <summary>Refuses a folder with anything in it that no process which was killed so has left.</summary>
    /// <exception cref="InputException">There is something, or the folder cannot be read.</exception>
    public void CheckEmpty()
    {
        if (Disk.Try(folder, () => Entries().Any(entry => !RunLock.IsOurs(entry) && !IsLeft(entry))))
            throw refusal;
    }

    /// <summary>Makes the folder what it is to be, when it is nobody else's: makes it, removes what was left, and writes. On failure there is nothing of it.</summary>
    /// <param name="write">Writes that file, and before it whatever has to be there with it.</param>
    /// <returns>Whether it did; not where another process was first, and the file is there.</returns>
    /// <exception cref="InputException">Another process is at it, there is something else in it, or the disk refuses.</exception>
    public bool Begin(Action write)
    {
        var wasThere = Directory.Exists(folder);
        Disk.Try(folder, () => Directory.CreateDirectory(folder));
        try
        {
            using var taken = RunLock.Take(folder);
            if (File.Exists(Path.Combine(folder, first)))
                return false;
            CheckEmpty();
            Sweep();
            try
            {
                write();
                return true;
            }
            catch
            {
                Sweep();
                throw;
            }
        }
        catch
        {
            if (!wasThere && !Entries().Any())
                Directory.Delete(folder);
            throw;
        }
    }

    private void Sweep() => Disk.Try(folder, () =>
    {
        foreach (var entry in Entries().Where(IsLeft).ToList())
            if (Directory.Exists(entry))
                Directory.Delete(entry, recursive: true);
            else
                File.Delete(entry);
    });

    private bool IsLeft(string entry) => AtomicFile.IsPartOf(first, entry) || RunLock.IsPartOfOurs(entry) || isLeft?.Invoke(entry) == true;

    private IEnumerable<string> Entries() => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : [];
}
