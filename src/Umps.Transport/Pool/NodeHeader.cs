using System.Runtime.InteropServices;

namespace Umps.Transport.Pool;

/// <summary>The first page of the node's memory; each word that changes has a cache line of its own.</summary>
/// <remarks>
/// <code>
///    0 magic | 8 layout version | 12 ranks | 16 units a rank | 20 free | 24 size of all | 32 size of a loan arena | 40 size of the link area
///   64 abort word      128 ranks awake      192 departures      256 … 383 processors
/// </code>
/// The first line is written before anybody maps the memory, and never again.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal unsafe struct NodeHeader
{
    public const int SizeBytes = 4096;

    /// <summary>"UMPSnode" in memory.</summary>
    public const ulong MagicValue = 0x65646f6e53504d55;

    /// <summary>Changes with every change of what <see cref="PoolLayout"/> draws, and of what crosses when a rank joins (<see cref="NodeJoin"/>).</summary>
    public const uint VersionValue = 4;

    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public uint Version;
    [FieldOffset(12)] public int Ranks;
    [FieldOffset(16)] public int UnitsARank;
    [FieldOffset(24)] public long TotalBytes;
    [FieldOffset(32)] public long LoanBytes;
    [FieldOffset(40)] public long LinkBytes;

    /// <summary>Non-zero once the job is being ended. Set once, by anybody; looked at before every sleep.</summary>
    [FieldOffset(64)] public int Abort;

    /// <summary>Ranks that are not asleep: changed on sleep and wake only.</summary>
    [FieldOffset(128)] public int Awake;

    /// <summary>Counts ranks that have left, so that the others look for them only when it has changed.</summary>
    [FieldOffset(192)] public uint Departures;

    /// <summary>Processors that any rank of the node may use, a bit each; ranks add theirs when they attach.</summary>
    [FieldOffset(256)] public fixed ulong Processors[Interop.Linux.ProcessorWords];
}
