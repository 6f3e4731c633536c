using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Xunit;

namespace Umps.Testing;

/// <summary>What a job may leave behind: nothing. Taken before it starts, asked after it ended.</summary>
/// <remarks>
/// Processes are known by a variable in their environment (and by their network namespace, where the job has one), the runtime's own files
/// by a TMPDIR of the job's, or by the pid in their name. So a job of somebody else on the machine is never blamed on this one.
/// </remarks>
public sealed class LeakCheck
{
    private readonly Func<IReadOnlyList<OwnProcess>> _processes;
    private readonly string? _temporaryFolder;
    private readonly HashSet<string> _before;
    private readonly HashSet<int> _pids = [];

    /// <summary>Notes what is there now.</summary>
    /// <param name="processes">The job's processes at the time of asking.</param>
    /// <param name="temporaryFolder">The job's TMPDIR.</param>
    public LeakCheck(Func<IReadOnlyList<OwnProcess>> processes, string? temporaryFolder = null)
    {
        _processes = processes;
        _temporaryFolder = temporaryFolder;
        // All files of the runtime, not only the job's: pids come round again, and an old file may bear the pid of a new process.
        _before = [.. Things().Select(thing => thing.Name), .. Files("/tmp").Where(IsRuntimeFile)];
    }

    /// <summary>Remembers the job's processes of this moment: files in /tmp are told by pid. Cheap enough to call a few times a second.</summary>
    public void Look()
    {
        foreach (OwnProcess process in _processes())
            lock (_pids)
                _pids.Add(process.Pid);
    }

    /// <summary>Waits up to the deadline for all to be gone, then fails with the list of what is not.</summary>
    public void AssertNothingLeft(double secondsMax = 5)
    {
        List<string> left = [];
        if (!Deadline.After(secondsMax).WaitUntil(() => (left = Left()).Count == 0))
            Assert.Fail($"left behind {secondsMax} s after the job's end:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", left)}");
    }

    /// <summary>What is left now, one line a thing.</summary>
    public List<string> Left()
    {
        List<string> left = [.. _processes().Select(process => $"process {process}")];
        foreach ((string name, string text) in Things())
            if (!_before.Contains(name))
                left.Add(text);
        return left;
    }

    private IEnumerable<(string Name, string Text)> Things()
    {
        foreach (string path in Files("/dev/shm"))
            if (Path.GetFileName(path).Contains("umps", StringComparison.OrdinalIgnoreCase))
                yield return (path, $"shared memory {path}");
        foreach (string path in Files("/tmp").Where(BelongsToJob).Concat(_temporaryFolder is null ? [] : Files(_temporaryFolder)))
            if (IsRuntimeFile(path) || Path.GetFileName(path).StartsWith("umps", StringComparison.OrdinalIgnoreCase) && _temporaryFolder is not null && path.StartsWith(_temporaryFolder, StringComparison.Ordinal))
                yield return (path, $"file {path}");
        // Looked up once more: a stranger's socket may have gone with its holder between the two looks.
        foreach ((string inode, string name) in AbstractSockets())
            if (!HeldBySomebodyElse(inode) && AbstractSockets().Contains((inode, name)))
                yield return (name, $"abstract unix socket {name}");
    }

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : [];

    private static bool IsRuntimeFile(string path) =>
        Path.GetFileName(path) is { } name
        && (name.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) || name.StartsWith("clr-debug-pipe-", StringComparison.Ordinal));

    /// <summary>dotnet-diagnostic-PID-… and clr-debug-pipe-PID-… of a process of the job.</summary>
    private bool BelongsToJob(string path)
    {
        if (!IsRuntimeFile(path))
            return false;
        string[] parts = Path.GetFileName(path).Split('-');
        int at = parts[0] == "dotnet" ? 2 : 3;
        lock (_pids)
            return parts.Length > at && int.TryParse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && _pids.Contains(pid);
    }

    private static IEnumerable<(string Inode, string Name)> AbstractSockets() =>
        from line in File.ReadAllLines("/proc/net/unix").Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length >= 8 && fields[7].StartsWith('@') && fields[7].Contains("umps", StringComparison.OrdinalIgnoreCase)
        select (fields[6], fields[7]);

    private bool HeldBySomebodyElse(string inode)
    {
        HashSet<int> own = [.. _processes().Select(process => process.Pid), Environment.ProcessId];
        string wanted = $"socket:[{inode}]";
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || own.Contains(pid))
                continue;
            try
            {
                if (Directory.EnumerateFiles(folder + "/fd").Any(fd => new FileInfo(fd).LinkTarget == wanted))
                    return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or another user's: not ours either way.
            }
        }

        return false;
    }
}
