using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>Finds and ends what ranks have started and left behind, and removes the runtime's files of all of them.</summary>
internal static class Cleanup
{
    /// <summary>Living processes, younger than this one, that have the mark in their environment.</summary>
    /// <param name="mark">"NAME=value".</param>
    public static List<int> Find(string mark)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(mark + "\0");
        ulong since = StartOf("self") ?? 0;
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            // stat is everybody's to read, and cheaper than to be refused environ: it sorts out nearly all.
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && StartOf(Path.GetFileName(folder)) is { } start && start >= since
                && TryRead($"{folder}/environ") is { } environment && environment.AsSpan().IndexOf(wanted) >= 0)
                found.Add(pid);
        }

        return found;
    }

    /// <summary>Ends all of them, and what they fork meanwhile.</summary>
    /// <returns>Their pids.</returns>
    public static List<int> End(string mark)
    {
        List<int> all = [];
        for (int i = 0; i < 50 && Find(mark) is { Count: > 0 } found; i++)
        {
            foreach (int pid in found)
                Linux.Kill(pid, Signals.Kill);
            foreach (int pid in found)
                AwaitEnd(pid);
            all.AddRange(found);
        }

        return all;
    }

    /// <summary>Waits until a process that has been killed is dead, and reaps it if it has become this process's child.</summary>
    private static void AwaitEnd(int pid)
    {
        using var process = Linux.OpenProcess(pid, out Errno error);
        if (error == Errno.None)
            Linux.WaitReadable([new WatchedDescriptor((int)process.DangerousGetHandle())], 1000);
        Linux.TryReap(pid);
    }

    // Field 22 of stat, in clock ticks since the machine started; fields are counted from behind the name, which may hold anything.
    private static ulong? StartOf(string process)
    {
        if (TryRead($"/proc/{process}/stat") is not { } bytes)
            return null;
        string text = Encoding.UTF8.GetString(bytes);
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : ulong.Parse(fields[19], CultureInfo.InvariantCulture);
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;        // it has ended meanwhile, or belongs to another user
        }
    }
}
