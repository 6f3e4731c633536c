using Umps.Transport.Interop;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Xdp;

/// <summary>One of the four rings that the kernel shares with the ranks, mapped into this process.</summary>
/// <remarks>
/// <code>
///  FILL = rxFreeQ     RX = rxBusyQ      TX = txBusyQ     COMPLETION = txFreeQ
/// </code>
/// The indices count entries and wrap. Whoever produces fills entries, then publishes Producer (release); who consumes reads Producer (acquire), the entries, then publishes Consumer. Which of the two words
/// the kernel writes depends on the ring.
/// The words are used many entries at a time, and those of FILL and COMPLETION by whichever rank holds the <see cref="TryWord"/>: so there are no private copies here, as <see cref="Rings.RingProducer{T}"/> has them.
/// </remarks>
internal readonly unsafe struct XdpRing
{
    private readonly byte* _mapping;
    private readonly long _lengthBytes;

    /// <summary>Maps a ring of a bound socket.</summary>
    /// <exception cref="UmpsException">1306: the kernel refuses.</exception>
    public XdpRing(int socket, XdpRingKind kind, int entries)
    {
        _mapping = Linux.MapXdpRing(socket, kind, entries, out XdpRingLayout layout, out _lengthBytes, out Errno error);
        if (_mapping == null)
            throw Throw.NoDescriptor($"mmap of the {kind} ring of an AF_XDP socket", error);
        Producer = (uint*)(_mapping + layout.Producer);
        Consumer = (uint*)(_mapping + layout.Consumer);
        Flags = (uint*)(_mapping + layout.Flags);
        Descriptors = (Descriptor*)(_mapping + layout.Entries);
        Mask = (uint)entries - 1;
    }

    public readonly uint* Producer, Consumer, Flags;

    public readonly uint Mask;

    /// <summary>Entries of RX and TX.</summary>
    public readonly Descriptor* Descriptors;

    /// <summary>Entries of FILL and COMPLETION: bytes from the beginning of the UMEM.</summary>
    public ulong* Addresses => (ulong*)Descriptors;

    public int Entries => (int)Mask + 1;

    public void Unmap()
    {
        if (_mapping != null)
            Linux.Unmap(_mapping, _lengthBytes);
    }
}
