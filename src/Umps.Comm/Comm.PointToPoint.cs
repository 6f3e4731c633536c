using System;
using System.Runtime.CompilerServices;
using Umps.Buffers;

namespace Umps;

/// <summary>Blocking point-to-point communication: MPI 4.1 §3.2 to §3.5, §3.8.1, §3.10.</summary>
/// <remarks>
/// Messages between two ranks in one communicator are received in the order they were sent, among those that a receive's source and tag match.
/// The element types of both sides must be the same; <c>byte</c> matches anything.
/// Not there: buffered and ready mode (§3.6, §3.4), matched probes (§3.8.2), Isendrecv (§3.11).
/// </remarks>
public partial class Comm
{
    /// <summary>Sends elements to a rank, and returns when <paramref name="data"/> may be changed again.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="data">The elements; the message is as long as the span.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Number by which the receiver may choose, 0 or more.</param>
    /// <remarks>MPI 4.1 §3.2.1, standard mode: it may return before the message is received, and it may wait until it is. A send to oneself always
    /// returns.</remarks>
    /// <exception cref="MpiException">UMPS2004, UMPS2007: rank or tag out of range. UMPS2201: the receiver is gone. UMPS2202: the job is being ended.</exception>
    /// <example><code>comm.Send(halo, dest: 1, tag: 7);</code></example>
    public void Send<T>(ReadOnlySpan<T> data, int dest, int tag = 0)
        where T : unmanaged
    {
        if (CheckSend(dest, tag, nameof(Send), out int endpoint))
            FixedCall.Send(this, endpoint, tag, data, nameof(Send));
    }

    /// <inheritdoc cref="Send{T}(ReadOnlySpan{T}, int, int)"/>
    public void Send<T>(Span<T> data, int dest, int tag = 0)
        where T : unmanaged => Send((ReadOnlySpan<T>)data, dest, tag);

    /// <inheritdoc cref="Send{T}(ReadOnlySpan{T}, int, int)"/>
    public void Send<T>(T[] data, int dest, int tag = 0)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        Send((ReadOnlySpan<T>)data, dest, tag);
    }

    /// <summary>Sends one value to a rank.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Number by which the receiver may choose, 0 or more.</param>
    /// <exception cref="MpiException">As <see cref="Send{T}(ReadOnlySpan{T}, int, int)"/>.</exception>
    /// <example><code>comm.Send(42, dest: 1);</code></example>
    public void Send<T>(T value, int dest, int tag = 0)
        where T : unmanaged
    {
        if (CheckSend(dest, tag, nameof(Send), out int endpoint))
            FixedCall.Send(this, endpoint, tag, value, nameof(Send));
    }

    /// <summary>Sends elements to a rank, and returns when the receiver has matched the message.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="data">The elements.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Number by which the receiver may choose, 0 or more.</param>
    /// <remarks>MPI 4.1 §3.4, synchronous mode. To oneself it waits for a receive of another thread, or one posted before.</remarks>
    /// <exception cref="MpiException">As <see cref="Send{T}(ReadOnlySpan{T}, int, int)"/>.</exception>
    public void Ssend<T>(ReadOnlySpan<T> data, int dest, int tag = 0)
        where T : unmanaged
    {
        if (CheckSend(dest, tag, nameof(Ssend), out int endpoint))
            FixedCall.SendSynchronous(this, endpoint, tag, data, nameof(Ssend));
    }

    /// <inheritdoc cref="Ssend{T}(ReadOnlySpan{T}, int, int)"/>
    public void Ssend<T>(Span<T> data, int dest, int tag = 0)
        where T : unmanaged => Ssend((ReadOnlySpan<T>)data, dest, tag);

    /// <inheritdoc cref="Ssend{T}(ReadOnlySpan{T}, int, int)"/>
    public void Ssend<T>(T[] data, int dest, int tag = 0)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        Ssend((ReadOnlySpan<T>)data, dest, tag);
    }

    /// <summary>Receives elements, and returns when they are in <paramref name="buffer"/>.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="buffer">Where they go; the message may be shorter.</param>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <returns>Whose message it was, its tag and length.</returns>
    /// <remarks>MPI 4.1 §3.2.4. After an error of the message (too long, other type) it counts as received, and the buffer's contents are not defined.</remarks>
    /// <exception cref="MpiException">UMPS2004, UMPS2007: rank or tag out of range. UMPS2107: the message is longer than the buffer. UMPS2102, UMPS2103:
    /// it is of another type. UMPS2201: the sender is gone. UMPS2202: the job is being ended.</exception>
    /// <example><code>Status status = comm.Recv(halo, source: 0, tag: 7);</code></example>
    public Status Recv<T>(Span<T> buffer, int source = AnySource, int tag = AnyTag)
        where T : unmanaged
    {
        return CheckRecv(source, tag, nameof(Recv), out int endpoint)
            ? FixedCall.Recv(this, endpoint, tag, buffer, nameof(Recv))
            : Status.ProcNull;
    }

    /// <inheritdoc cref="Recv{T}(Span{T}, int, int)"/>
    public Status Recv<T>(T[] buffer, int source = AnySource, int tag = AnyTag)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return Recv(buffer.AsSpan(), source, tag);
    }

    /// <summary>Receives one value.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives <c>default</c>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <returns>The value.</returns>
    /// <exception cref="MpiException">As <see cref="Recv{T}(Span{T}, int, int)"/>; UMPS2104: the message is empty.</exception>
    /// <example><code>int value = comm.Recv&lt;int&gt;(source: 0);</code></example>
    public T Recv<T>(int source = AnySource, int tag = AnyTag)
        where T : unmanaged => Recv<T>(source, tag, out _);

    /// <summary>Receives one value, and says whose it was.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives <c>default</c>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <param name="status">Whose message it was, and its tag.</param>
    /// <returns>The value.</returns>
    /// <exception cref="MpiException">As <see cref="Recv{T}(Span{T}, int, int)"/>; UMPS2104: the message is empty.</exception>
    public T Recv<T>(int source, int tag, out Status status)
        where T : unmanaged
    {
        status = Status.ProcNull;
        if (!CheckRecv(source, tag, nameof(Recv), out int endpoint))
            return default;
        T value = FixedCall.Recv<T>(this, endpoint, tag, out status, nameof(Recv));
        return status.LengthBytes == SpanBytes.SizeOf<T>() ? value : throw Throw.NotOneValue<T>(this, nameof(Recv), status);
    }

    /// <summary>Sends and receives at once; ranks that exchange do not block each other.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="sendData">The elements to send.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="sendTag">Tag of what is sent.</param>
    /// <param name="recvBuffer">Where the received elements go; it must not overlap <paramref name="sendData"/>.</param>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>.</param>
    /// <param name="recvTag">Tag of what is received, or <see cref="AnyTag"/>.</param>
    /// <returns>The status of the receive.</returns>
    /// <remarks>MPI 4.1 §3.10.</remarks>
    /// <exception cref="MpiException">As <see cref="Send{T}(ReadOnlySpan{T}, int, int)"/> and <see cref="Recv{T}(Span{T}, int, int)"/>.</exception>
    public Status Sendrecv<T>(ReadOnlySpan<T> sendData, int dest, int sendTag, Span<T> recvBuffer, int source, int recvTag)
        where T : unmanaged
    {
        bool sends = CheckSend(dest, sendTag, nameof(Sendrecv), out int receiver);
        bool receives = CheckRecv(source, recvTag, nameof(Sendrecv), out int sender);
        if (sends && receives)
            return FixedCall.Sendrecv(this, receiver, sendTag, sendData, sender, recvTag, recvBuffer, nameof(Sendrecv));
        if (sends)
            FixedCall.Send(this, receiver, sendTag, sendData, nameof(Sendrecv));
        return receives ? FixedCall.Recv(this, sender, recvTag, recvBuffer, nameof(Sendrecv)) : Status.ProcNull;
    }

    /// <summary>Sends one value and receives one; ranks that exchange do not block each other.</summary>
    /// <typeparam name="T">Type of the values.</typeparam>
    /// <param name="value">The value to send.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives <c>default</c>.</param>
    /// <param name="tag">Tag of both messages.</param>
    /// <returns>The value received.</returns>
    /// <remarks>MPI 4.1 §3.10.</remarks>
    /// <exception cref="MpiException">As <see cref="Sendrecv{T}(ReadOnlySpan{T}, int, int, Span{T}, int, int)"/>; UMPS2104: the message is empty.</exception>
    public T Sendrecv<T>(T value, int dest, int source, int tag = 0)
        where T : unmanaged
    {
        T received = default;
        Status status = Sendrecv(new ReadOnlySpan<T>(in value), dest, tag, new Span<T>(ref received), source, tag);
        return source == ProcNull || status.LengthBytes == SpanBytes.SizeOf<T>()
            ? received
            : throw Throw.NotOneValue<T>(this, nameof(Sendrecv), status);
    }

    /// <summary>Sends the buffer and receives into it.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="buffer">What is sent, and what it is replaced by.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="sendTag">Tag of what is sent.</param>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which leaves the buffer.</param>
    /// <param name="recvTag">Tag of what is received, or <see cref="AnyTag"/>.</param>
    /// <returns>The status of the receive.</returns>
    /// <remarks>MPI 4.1 §3.10, MPI_Sendrecv_replace. What comes is received into a copy first.</remarks>
    /// <exception cref="MpiException">As <see cref="Sendrecv{T}(ReadOnlySpan{T}, int, int, Span{T}, int, int)"/>.</exception>
    public Status SendrecvReplace<T>(Span<T> buffer, int dest, int sendTag, int source, int recvTag)
        where T : unmanaged
    {
        T[] received = System.Buffers.ArrayPool<T>.Shared.Rent(buffer.Length);
        try
        {
            Status status = Sendrecv(buffer, dest, sendTag, received.AsSpan(0, buffer.Length), source, recvTag);
            received.AsSpan(0, (int)(status.LengthBytes / SpanBytes.SizeOf<T>())).CopyTo(buffer);
            return status;
        }
        finally
        {
            System.Buffers.ArrayPool<T>.Shared.Return(received);
        }
    }

    /// <inheritdoc cref="SendrecvReplace{T}(Span{T}, int, int, int, int)"/>
    public Status SendrecvReplace<T>(T[] buffer, int dest, int sendTag, int source, int recvTag)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return SendrecvReplace(buffer.AsSpan(), dest, sendTag, source, recvTag);
    }

    /// <summary>Waits for a message that could be received, and says whose and how long it is; it stays to be received.</summary>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <returns>Source, tag and length.</returns>
    /// <remarks>MPI 4.1 §3.8.1. With several threads, another may receive the message first.</remarks>
    /// <exception cref="MpiException">UMPS2004, UMPS2007, UMPS2201, UMPS2202 as <see cref="Recv{T}(Span{T}, int, int)"/>.</exception>
    public Status Probe(int source = AnySource, int tag = AnyTag) =>
        CheckRecv(source, tag, nameof(Probe), out int endpoint) ? Core.Probe(this, Context, endpoint, tag, nameof(Probe)) : Status.ProcNull;

    /// <summary>Makes progress, and looks for a message that could be received.</summary>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <param name="status">Source, tag and length; empty when there is none.</param>
    /// <returns>True when there is one.</returns>
    /// <remarks>MPI 4.1 §3.8.1.</remarks>
    /// <exception cref="MpiException">UMPS2004, UMPS2007, UMPS2202.</exception>
    public bool Iprobe(int source, int tag, out Status status)
    {
        status = Status.ProcNull;
        return !CheckRecv(source, tag, nameof(Iprobe), out int endpoint) || Core.Iprobe(this, Context, endpoint, tag, out status, nameof(Iprobe));
    }

    /// <summary>Makes progress, and looks for any message that could be received.</summary>
    /// <param name="status">Source, tag and length; empty when there is none.</param>
    /// <returns>True when there is one.</returns>
    public bool Iprobe(out Status status) => Iprobe(AnySource, AnyTag, out status);

    /// <summary>Checks the arguments of a send.</summary>
    /// <returns>False when it goes to nobody.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool CheckSend(int dest, int tag, string call, out int endpoint)
    {
        if (_group is { } group && !_disposed && (uint)dest < (uint)group.Size && tag >= 0)
        {
            endpoint = group.EndpointOf(dest);
            return true;
        }
        endpoint = ProcNull;
        CheckSendSlow(dest, tag, call);
        return false;
    }

    private void CheckSendSlow(int dest, int tag, string call)
    {
        CheckUsable($"Comm.{call}");
        if (tag < 0)
            throw Throw.TagOutOfRange(this, call, "tag", tag);
        if (dest != ProcNull)
            throw Throw.RankOutOfRange(this, call, "dest", dest);
    }

    /// <summary>Checks the arguments of a receive or probe.</summary>
    /// <returns>False when it takes from nobody.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool CheckRecv(int source, int tag, string call, out int endpoint)
    {
        if (_group is { } group && !_disposed && tag >= AnyTag)
        {
            if ((uint)source < (uint)group.Size)
            {
                endpoint = group.EndpointOf(source);
                return true;
            }
            if (source == AnySource)
            {
                endpoint = AnySource;
                return true;
            }
        }
        endpoint = ProcNull;
        CheckRecvSlow(source, tag, call);
        return false;
    }

    private void CheckRecvSlow(int source, int tag, string call)
    {
        CheckUsable($"Comm.{call}");
        if (tag < AnyTag)
            throw Throw.TagOutOfRange(this, call, "tag", tag);
        if (source != ProcNull)
            throw Throw.RankOutOfRange(this, call, "source", source);
    }
}
