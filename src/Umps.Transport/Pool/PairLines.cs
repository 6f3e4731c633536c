using System.Runtime.InteropServices;

namespace Umps.Transport.Pool;

/// <summary>The first lines of a directed pair's block; each is written by one side.</summary>
/// <remarks>
/// <code>
///    0 refused  (sender sets, receiver clears: the sender waits for slots or units)
///   64 head     (receiver: slots read)            68 wide (receiver: wide messages whose payload it is done with)
///  128 tail     (receiver: units sent home)       192 head   (sender: units taken back)
///  256 opened   (receiver: transfers opened, <see cref="TransferLines"/>)
/// 1024 … 2560 the lines of transfers that both copy
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct PairLines
{
    public const int SizeBytes = 320;

    /// <summary>Where in the pair's block the <see cref="TransferLines"/> are.</summary>
    public const int TransfersOffset = 1024;

    [FieldOffset(0)] public uint Refused;
    [FieldOffset(64)] public uint SlotsHead;
    [FieldOffset(68)] public uint WideReleased;
    [FieldOffset(128)] public uint ReturnTail;
    [FieldOffset(192)] public uint ReturnHead;
    [FieldOffset(256)] public uint TransfersOpened;
}
