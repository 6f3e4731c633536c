using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Umps.Transport;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>What this machine and this user give beside the transports: memory, rights, scheduling, ssh.</summary>
internal static class MachineFindings
{
    private static readonly (int Number, string Name, string For)[] s_capabilities =
    [
        (Linux.CAP_NET_RAW, "CAP_NET_RAW", "packet and xdp"),
        (Linux.CAP_NET_ADMIN, "CAP_NET_ADMIN", "xdp"),
        (Linux.CAP_BPF, "CAP_BPF", "xdp"),
        (Linux.CAP_IPC_LOCK, "CAP_IPC_LOCK", "xdp, where RLIMIT_MEMLOCK is less than its frames take"),
        (Linux.CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "physical addresses only; nothing else asks for it"),
    ];

    /// <summary>The findings.</summary>
    public static IEnumerable<Finding> All(TransportOptions options)
    {
        yield return HugePages();
        yield return new Finding("/proc/self/pagemap", TransportProbe.SeesPhysicalAddresses() ? FindingState.Ok : FindingState.Missing,
            TransportProbe.SeesPhysicalAddresses() ? "shows physical addresses: the ATB holds them" : "hides physical addresses: needs CAP_SYS_ADMIN. Only the ATB's figures are less for it");
        yield return LockedMemory(options);
        foreach ((int number, string name, string use) in s_capabilities)
            yield return Finding.Of(name, TransportProbe.HasCapability(number) ? null : $"for {use}. {Grant}", $"for {use}");
        Errno realTime = Linux.ProbeRealTime();
        yield return Finding.Of("SCHED_FIFO", realTime == Errno.None ? null : $"sched_setscheduler: {realTime}. For umpsrun --rt: needs CAP_SYS_NICE, or a limit of real-time priority (ulimit -r) of 1 or more", "for umpsrun --rt");
        yield return Finding.Of("ssh", FindOnPath("ssh") is null ? "not on PATH: jobs on other nodes need it" : null, FindOnPath("ssh") ?? "");
    }

    /// <summary>How a capability is had.</summary>
    private static string Grant => "Root has it; docs/launcher.md, Privileges, says how an administrator gives it to umpsrun alone";

    private static Finding HugePages()
    {
        string heap = Chosen("/sys/kernel/mm/transparent_hugepage/enabled"), shared = Chosen("/sys/kernel/mm/transparent_hugepage/shmem_enabled");
        return heap is "always" or "madvise"
            ? new Finding("huge pages", FindingState.Ok, $"for the programs' memory ({heap}); for the node's memory shmem_enabled is {(shared.Length > 0 ? shared : "not there")}")
            : new Finding("huge pages", FindingState.Missing, $"/sys/kernel/mm/transparent_hugepage/enabled is {(heap.Length > 0 ? heap : "not there")}: long messages cross at a third less. Write madvise into it");
    }

    private static Finding LockedMemory(TransportOptions options)
    {
        ulong limit = Linux.LockedBytesMax();
        (long rank, long xdp) = TransportProbe.LockedBytesWanted(Environment.ProcessorCount, options);
        string has = limit == ulong.MaxValue ? "unlimited" : string.Create(CultureInfo.InvariantCulture, $"{limit >> 10} KiB");
        string wants = string.Create(CultureInfo.InvariantCulture, $"a rank locks {rank >> 10} KiB if it may, xdp takes {xdp >> 10} KiB for {Environment.ProcessorCount} ranks");
        bool enough = limit >= (ulong)Math.Max(rank, xdp) || TransportProbe.HasCapability(Linux.CAP_IPC_LOCK);
        return new Finding("RLIMIT_MEMLOCK", enough ? FindingState.Ok : FindingState.Missing, $"{has}; {wants}{(enough ? "" : ". Raise it (ulimit -l, /etc/security/limits.conf, LimitMEMLOCK=), or give CAP_IPC_LOCK")}");
    }

    /// <summary>The word in brackets: "always [madvise] never".</summary>
    private static string Chosen(string path)
    {
        string line = TransportProbe.Read(path);
        int begin = line.IndexOf('[', StringComparison.Ordinal), end = line.IndexOf(']', StringComparison.Ordinal);
        return begin >= 0 && end > begin ? line[(begin + 1)..end] : "";
    }

    private static string? FindOnPath(string program)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            if (File.Exists(Path.Combine(folder, program)))
                return Path.Combine(folder, program);
        return null;
    }
}
