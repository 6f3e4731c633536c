using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Xdp;

/// <summary>The first page of the area that a node's ranks share on an interface; each word that changes has a cache line of its own.</summary>
/// <remarks>
/// <code>
///    0 magic | 8 layout version | 12 ranks      64 who fills FILL      128 who drains COMPLETION
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct XdpHeader
{
    public const int SizeBytes = 4096;

    /// <summary>"UMPSumem" in memory.</summary>
    public const ulong MagicValue = 0x6d656d7553504d55;

    /// <summary>Changes with every change of what <see cref="XdpShape"/> draws.</summary>
    public const uint VersionValue = 1;

    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public uint Version;
    [FieldOffset(12)] public int Ranks;

    /// <summary>A <see cref="TryWord"/>.</summary>
    [FieldOffset(64)] public int Fill;

    /// <summary>A <see cref="TryWord"/>.</summary>
    [FieldOffset(128)] public int Completion;
}
