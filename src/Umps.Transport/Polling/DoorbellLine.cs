using System.Runtime.InteropServices;

namespace Umps.Transport.Polling;

/// <summary>The first line of a rank's control page: what senders look at after they have published.</summary>
/// <remarks>
/// <code>
///  0      | Armed: 0 polling; else how to ring for what, see Doorbell
///  4 … 63 | free
/// </code>
/// Written by its owner when it arms, and by whoever rings (compare-and-swap to 0: one ringer wins).
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct DoorbellLine
{
    public const int SizeBytes = 64;

    [FieldOffset(0)] public uint Armed;
}
