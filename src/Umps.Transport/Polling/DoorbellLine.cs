using System.Runtime.InteropServices;

namespace Umps.Transport.Polling;

/// <summary>The first line of a rank's control page: what senders look at after they have published.</summary>
/// <remarks>
/// <code>
///  0      | Armed: 0 polling; else how to ring for what, see Doorbell
///  4      | SleepsOn: 0 futex on Armed; 1 the rank's eventfd beside its sockets
///  8      | ArmsWithBarrier: 1 when the owner fences for the senders too (membarrier) each time it arms
///  12 … 63| free
/// </code>
/// Armed is written by its owner when it arms, and by whoever rings (compare-and-swap to 0: one ringer wins). The others
/// are written once, by the owner at attach.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct DoorbellLine
{
    public const int SizeBytes = 64;

    [FieldOffset(0)] public uint Armed;

    [FieldOffset(4)] public uint SleepsOn;

    [FieldOffset(8)] public uint ArmsWithBarrier;
}
