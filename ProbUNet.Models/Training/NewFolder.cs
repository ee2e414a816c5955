namespace ProbUNet.Models.Training;

/// <summary>
/// A folder that one file makes what it is (a run, a search, a comparison), written last and whole. What a process left there that was killed before is in nobody's way: the same command begins anew, and removes it.
/// </summary>
/// <param name="folder">The folder; it need not be there.</param>
/// <param name="first">The name of that file.</param>
/// <param name="isLeft">What else such a process may have left, by its path; nothing else if left out.</param>
internal sealed class NewFolder(string folder, string first, Func<string, bool>? isLeft = null)
{
    /// <summary>Refuses a folder with anything in it that no process which was killed so has left.</summary>
    /// <param name="problem">What is wrong then.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <exception cref="InputException">There is something, or the folder cannot be read.</exception>
    public void CheckEmpty(string problem, string remedy)
    {
        if (Disk.Try(folder, () => Entries().Any(entry => !RunLock.IsOurs(entry) && !IsLeft(entry))))
            throw new InputException(folder, problem, remedy);
    }

    /// <summary>Removes what was left. Whoever begins calls it, when the folder is nobody else's.</summary>
    /// <exception cref="InputException">The disk refuses.</exception>
    public void Sweep() => Disk.Try(folder, () =>
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
