using System.Runtime.InteropServices;

namespace Umps.Transport.Pool;

/// <summary>The second line of a rank's control page: who it is, and whether it is there.</summary>
/// <remarks>Written by its owner; the other fields are valid once <see cref="State"/> has been released as <see cref="Attached"/>.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct IdentityLine
{
    public const uint NotAttached = 0, Attaching = 1, Attached = 2, Left = 3;

    [FieldOffset(0)] public uint State;
    [FieldOffset(4)] public int ProcessId;

    /// <summary>Field 22 of /proc/…/stat: tells this process from a later one with its number.</summary>
    [FieldOffset(8)] public ulong ProcessStart;

    /// <summary>Where in the process <see cref="ProbeValue"/> stands: a peer that reads it there by process_vm_readv may copy, and copies from the right process.</summary>
    [FieldOffset(16)] public long ProbeAddress;
    [FieldOffset(24)] public ulong ProbeValue;
    [FieldOffset(32)] public int Endpoint;
}
