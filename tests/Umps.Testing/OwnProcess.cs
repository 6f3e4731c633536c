using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Umps.Testing;

/// <summary>A process of a job under test, as /proc shows it.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Rank">Its rank, where it is one.</param>
/// <param name="CommandLine">Its arguments, joined with blanks.</param>
public sealed record OwnProcess(int Pid, int? Rank, string CommandLine)
{
    /// <summary>umpsrun on another node, or a process of its own beside the launcher.</summary>
    public bool IsUmpsrun => Rank is null && CommandLine.Contains("umpsrun", StringComparison.Ordinal);

    /// <summary>Every living process whose environment holds the variable with this value.</summary>
    public static List<OwnProcess> WithMark(string variable, string value)
    {
        byte[] wanted = Encoding.UTF8.GetBytes($"{variable}={value}\0");
        var found = new List<OwnProcess>();
        foreach (int pid in AllPids())
            if (Read(pid, "environ") is { } environment && (environment.AsSpan().IndexOf(wanted) is 0 or > 0) && IsAlive(pid))
                found.Add(Describe(pid, environment));
        return found;
    }

    /// <summary>These processes, those of them that live.</summary>
    public static List<OwnProcess> Of(IEnumerable<int> pids) =>
        [.. pids.Where(IsAlive).Select(pid => Describe(pid, Read(pid, "environ") ?? []))];

    /// <summary>True for a process that runs or sleeps; a zombie is dead, only not reaped.</summary>
    public static bool IsAlive(int pid) => State(pid) is not ('Z' or 'X' or '\0');

    /// <summary>The letter of /proc/PID/stat, NUL where there is no such process.</summary>
    public static char State(int pid)
    {
        string stat = Encoding.UTF8.GetString(Read(pid, "stat") ?? []);
        int end = stat.LastIndexOf(')');
        return end < 0 || end + 2 >= stat.Length ? '\0' : stat[end + 2];
    }

    /// <summary>What each thread of the process does, one line a thread.</summary>
    public string Threads()
    {
        var text = new StringBuilder();
        try
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{Pid}/task"))
            {
                string name = File.ReadAllText(task + "/comm").Trim();
                string where = File.ReadAllText(task + "/wchan").Trim();
                string[] stat = File.ReadAllText(task + "/stat")[..].Split(") ")[^1].Split(' ');
                text.Append(CultureInfo.InvariantCulture, $"    {name}: {stat[0]} in {(where is "0" or "" ? "user code" : where)}, user {stat[11]} system {stat[12]} ticks\n");
            }
        }
        catch (IOException)
        {
            text.Append("    (gone)\n");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => $"pid {Pid}{(Rank is { } rank ? $" rank {rank}" : "")} [{State(Pid)}] {CommandLine}";

    private static OwnProcess Describe(int pid, byte[] environment)
    {
        string? rank = Encoding.UTF8.GetString(environment).Split('\0').FirstOrDefault(v => v.StartsWith("UMPS_RANK=", StringComparison.Ordinal));
        string command = Encoding.UTF8.GetString(Read(pid, "cmdline") ?? []).Replace('\0', ' ').Trim();
        return new OwnProcess(pid, rank is null ? null : int.Parse(rank["UMPS_RANK=".Length..], CultureInfo.InvariantCulture), command);
    }

    private static IEnumerable<int> AllPids()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                yield return pid;
    }

    private static byte[]? Read(int pid, string file)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)      // gone, or somebody else's
        {
            return null;
        }
    }
}
