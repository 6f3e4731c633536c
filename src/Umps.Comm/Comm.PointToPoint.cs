using System;

namespace Umps;

/// <summary>Blocking point-to-point communication: MPI 4.1 §3.2–3.4, §3.8, §3.10.</summary>
/// <remarks>Not there: matched probes (§3.8.2), buffered and ready mode (§3.6).</remarks>
public partial class Comm
{
    /// <summary>Sends elements to a rank; returns when <paramref name="data"/> may be changed again, which may be before the message is received.</summary>
    public void Send<T>(ReadOnlySpan<T> data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <inheritdoc cref="Send{T}(ReadOnlySpan{T}, int, int)"/>
    public void Send<T>(Span<T> data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <inheritdoc cref="Send{T}(ReadOnlySpan{T}, int, int)"/>
    public void Send<T>(T[] data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Sends one value to a rank.</summary>
    public void Send<T>(T value, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Synchronous send: returns when the receiver has matched the message.</summary>
    public void Ssend<T>(ReadOnlySpan<T> data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <inheritdoc cref="Ssend{T}(ReadOnlySpan{T}, int, int)"/>
    public void Ssend<T>(Span<T> data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <inheritdoc cref="Ssend{T}(ReadOnlySpan{T}, int, int)"/>
    public void Ssend<T>(T[] data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Receives elements.</summary>
    public Status Recv<T>(Span<T> buffer, int source = AnySource, int tag = AnyTag)
        where T : unmanaged => throw new NotImplementedException();

    /// <inheritdoc cref="Recv{T}(Span{T}, int, int)"/>
    public Status Recv<T>(T[] buffer, int source = AnySource, int tag = AnyTag)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Receives one value.</summary>
    public T Recv<T>(int source = AnySource, int tag = AnyTag)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Receives one value, and says whose it was.</summary>
    public T Recv<T>(int source, int tag, out Status status)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Sends and receives at once, without deadlock.</summary>
    public Status Sendrecv<T>(ReadOnlySpan<T> sendData, int dest, int sendTag, Span<T> recvBuffer, int source, int recvTag)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Sends one value and receives one, without deadlock.</summary>
    public T Sendrecv<T>(T value, int dest, int source, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Sends the buffer and receives into it.</summary>
    public Status SendrecvReplace<T>(Span<T> buffer, int dest, int sendTag, int source, int recvTag)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Waits for a message that could be received, without receiving it.</summary>
    public Status Probe(int source = AnySource, int tag = AnyTag) => throw new NotImplementedException();

    /// <summary>Looks for a message that could be received.</summary>
    public bool Iprobe(int source, int tag, out Status status) => throw new NotImplementedException();

    /// <summary>Looks for any message that could be received.</summary>
    public bool Iprobe(out Status status) => Iprobe(AnySource, AnyTag, out status);
}
