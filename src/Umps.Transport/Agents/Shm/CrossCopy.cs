using System;
using System.Buffers.Text;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Transport.Interop;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Shm;

/// <summary>Copies straight from and to a peer's memory: between ranks of one process plainly, else by process_vm_readv and process_vm_writev.</summary>
/// <remarks>
/// Whether the kernel allows it is tried once a peer, by reading a value that the peer has published with its address: a process of another pid namespace that happens to
/// have the same number does not hold it. Dead ranks stay unreaped until the job ends, so the number is not given to another process meanwhile.
/// </remarks>
internal static unsafe class CrossCopy
{
    // One a process, never freed: peers read it for as long as the process lives.
    private static readonly ulong* s_probe = MakeProbe();

    /// <summary>Says in the rank's identity line which process it lives in.</summary>
    public static void Publish(IdentityLine* line)
    {
        line->ProcessId = Environment.ProcessId;
        line->ProcessStart = StartOfProcess();
        line->ProbeAddress = (long)s_probe;
        line->ProbeValue = *s_probe;
    }

    /// <summary>Tries how the peer's memory is reached.</summary>
    public static CrossCopyWay Probe(NodeMapping memory, int local, bool systemAllowed)
    {
        if (memory.IsAttachedHere(local))
            return CrossCopyWay.SameProcess;
        IdentityLine* line = memory.Identity(local);
        switch (Volatile.Read(ref line->State))
        {
            case IdentityLine.Attached:
                break;
            case IdentityLine.Left:
                return CrossCopyWay.None;
            default:
                return CrossCopyWay.Unknown;        // it is still starting: asked again at the next transfer
        }
        if (!systemAllowed)
            return CrossCopyWay.None;
        ulong value = 0;
        Errno error = Linux.ReadProcessMemory(line->ProcessId, (nint)line->ProbeAddress, (nint)(&value), sizeof(ulong));
        return error == Errno.None && value == line->ProbeValue ? CrossCopyWay.System : CrossCopyWay.None;
    }

    /// <summary>Reads from the peer's memory.</summary>
    public static Errno Read(CrossCopyWay way, IdentityLine* line, nint remoteAddress, NativeSpan destination)
    {
        switch (way)
        {
            case CrossCopyWay.SameProcess:
                Buffer.MemoryCopy((void*)remoteAddress, (void*)destination.Address, destination.LengthBytes, destination.LengthBytes);
                return Errno.None;
            case CrossCopyWay.System:
                return Linux.ReadProcessMemory(line->ProcessId, remoteAddress, destination.Address, destination.LengthBytes);
            default:
                return Errno.EPERM;
        }
    }

    /// <summary>Writes to the peer's memory.</summary>
    public static Errno Write(CrossCopyWay way, IdentityLine* line, nint remoteAddress, NativeSpan source)
    {
        switch (way)
        {
            case CrossCopyWay.SameProcess:
                Buffer.MemoryCopy((void*)source.Address, (void*)remoteAddress, source.LengthBytes, source.LengthBytes);
                return Errno.None;
            case CrossCopyWay.System:
                return Linux.WriteProcessMemory(line->ProcessId, remoteAddress, source.Address, source.LengthBytes);
            default:
                return Errno.EPERM;
        }
    }

    private static ulong* MakeProbe()
    {
        var probe = (ulong*)System.Runtime.InteropServices.NativeMemory.Alloc(sizeof(ulong));
        Linux.FillRandom(new Span<byte>(probe, sizeof(ulong)));
        return probe;
    }

    /// <summary>Field 22 of /proc/self/stat; the command's name before it may hold blanks and parentheses.</summary>
    private static ulong StartOfProcess()
    {
        Span<byte> bytes = stackalloc byte[1024];
        ReadOnlySpan<byte> rest = bytes[..Math.Max(0, Linux.ReadSmallFile("/proc/self/stat\0"u8, bytes))];
        rest = rest[(rest.LastIndexOf((byte)')') + 1)..];
        for (int field = 3; field <= 22; field++)
        {
            int blank = rest.IndexOf((byte)' ');
            if (blank < 0)
                return 0;       // no /proc: then nobody can compare it either
            rest = rest[(blank + 1)..];
        }
        return Utf8Parser.TryParse(rest, out ulong start, out _) ? start : 0;
    }
}
