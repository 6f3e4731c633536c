using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>Options of the tcp agent; section <c>Umps:Transport:Tcp</c>.</summary>
public sealed record TcpOptions : IOptionGroup
{
    /// <summary>The longest payload that is sent without asking the receiver, in bytes; 64 to 16,777,216. Default 65536: below it the copy out of the
    /// receive buffer costs less than the round trip that would save it.</summary>
    [OptionRange(64, 16 << 20)]
    public int EagerBytesMax { get; init; } = 64 * 1024;

    /// <summary>The longest fragment of a long transfer, in bytes; 4096 to 1,073,741,824. Default 524288: a message behind a fragment waits for its end, and the
    /// header costs nothing beside this many bytes.</summary>
    [OptionRange(4096, 1 << 30)]
    public int FragmentBytesMax { get; init; } = 512 * 1024;

    /// <summary>Bytes of eager payload one peer may have unconsumed here, in bytes; four times EagerBytesMax to 1,073,741,824. Default 4194304. A peer that has used
    /// them up announces its messages instead.</summary>
    [OptionRange(256, 1 << 30)]
    public int EagerCreditBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What may wait in this process for room in one socket, in bytes; EagerBytesMax + 1024 to 1,073,741,824. Default 262144. The memory is taken when a send
    /// first finds the socket full.</summary>
    [OptionRange(1088, 1 << 30)]
    public int SendBufferBytes { get; init; } = 256 * 1024;

    /// <summary>Of a burst of small messages to one peer, as many bytes as are gathered into one write; 0 to 1,048,576; 0: every message leaves in a write of its own.
    /// Default 32768: the write costs little beside the copy of so much, and the receiver begins before the burst ends. A burst is what follows within microseconds, with
    /// nothing else done in between; its messages leave within a quarter of a millisecond, whatever the program does.</summary>
    [OptionRange(0, 1 << 20)]
    public int GatherBytesMax { get; init; } = 32 * 1024;

    /// <summary>The kernel's buffers of a socket in each direction, in bytes; 0, or 2048 to 1,073,741,824. Default 0: the kernel adapts them to the link.</summary>
    [OptionRange(0, 1 << 30)]
    public int SocketBufferBytes { get; init; }

    /// <summary>Seconds one address of a peer may take to answer a connect before the next is tried; 0.1 to 600. Default 5: two lost packets at the kernel's pace.</summary>
    [OptionRange(0.1, 600)]
    public double ConnectSecondsMax { get; init; } = 5;

    /// <summary>Seconds an accepted connection may take to prove that it belongs to the job; 0.1 to 600. Default 10.</summary>
    [OptionRange(0.1, 600)]
    public double HandshakeSecondsMax { get; init; } = 10;

    /// <summary>Accepted connections that have proved nothing yet, at most; the next ones wait in the kernel; 1 to 65536. Default 256.</summary>
    [OptionRange(1, 65536)]
    public int HandshakesMax { get; init; } = 256;

    /// <summary>Seconds without a sign of life from a peer's host before it counts as lost; 2 to 86400. Default 20. A peer that only computes is never lost: its
    /// kernel answers.</summary>
    [OptionRange(2, 86400)]
    public double PeerTimeoutSeconds { get; init; } = 20;

    /// <summary>Seconds that leaving waits until the peers' kernels have what was sent; 0 to 3600. Default 5.</summary>
    [OptionRange(0, 3600)]
    public double FlushSecondsMax { get; init; } = 5;

    /// <summary>What is wrong with the values, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (EagerBytesMax is < 64 or > 16 * 1024 * 1024)
            yield return Fault(nameof(EagerBytesMax), EagerBytesMax, "64 to 16777216");
        if (FragmentBytesMax is < 4096 or > 1 << 30)
            yield return Fault(nameof(FragmentBytesMax), FragmentBytesMax, "4096 to 1073741824");
        if (EagerCreditBytes < 4L * EagerBytesMax || EagerCreditBytes > 1 << 30)
            yield return Fault(nameof(EagerCreditBytes), EagerCreditBytes, "four times EagerBytesMax to 1073741824");
        if (SendBufferBytes < EagerBytesMax + 1024L || SendBufferBytes > 1 << 30)
            yield return Fault(nameof(SendBufferBytes), SendBufferBytes, "EagerBytesMax + 1024 to 1073741824");
        if (GatherBytesMax is < 0 or > 1 << 20)
            yield return Fault(nameof(GatherBytesMax), GatherBytesMax, "0 to 1048576");
        if (SocketBufferBytes is not 0 and (< 2048 or > 1 << 30))
            yield return Fault(nameof(SocketBufferBytes), SocketBufferBytes, "0, or 2048 to 1073741824");
        if (ConnectSecondsMax is not (>= 0.1 and <= 600))
            yield return Fault(nameof(ConnectSecondsMax), ConnectSecondsMax, "0.1 to 600");
        if (HandshakeSecondsMax is not (>= 0.1 and <= 600))
            yield return Fault(nameof(HandshakeSecondsMax), HandshakeSecondsMax, "0.1 to 600");
        if (HandshakesMax is < 1 or > 65536)
            yield return Fault(nameof(HandshakesMax), HandshakesMax, "1 to 65536");
        if (PeerTimeoutSeconds is not (>= 2 and <= 86400))
            yield return Fault(nameof(PeerTimeoutSeconds), PeerTimeoutSeconds, "2 to 86400");
        if (FlushSecondsMax is not (>= 0 and <= 3600))
            yield return Fault(nameof(FlushSecondsMax), FlushSecondsMax, "0 to 3600");
    }

    IEnumerable<string> IOptionGroup.Faults() => Faults();

    private static string Fault(string option, double value, string range) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Umps:Transport:Tcp:{option} is {value}; its range is {range}");
}
