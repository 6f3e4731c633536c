using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct xdp_statistics: what the kernel counts of an AF_XDP socket.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct XdpStatistics
{
    /// <summary>Frames dropped for other reasons than those below.</summary>
    [FieldOffset(0)] public ulong RxDropped;

    [FieldOffset(8)] public ulong RxInvalidDescriptors;
    [FieldOffset(16)] public ulong TxInvalidDescriptors;

    /// <summary>Frames dropped because the RX ring was full.</summary>
    [FieldOffset(24)] public ulong RxRingFull;

    /// <summary>Times that FILL was empty.</summary>
    [FieldOffset(32)] public ulong FillRingEmpty;

    /// <summary>Times that TX was empty.</summary>
    [FieldOffset(40)] public ulong TxRingEmpty;
}
