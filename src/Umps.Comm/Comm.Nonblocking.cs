using System;
using Umps.Buffers;

namespace Umps;

/// <summary>Non-blocking point-to-point communication: MPI 4.1 §3.7.</summary>
/// <remarks>
/// What is begun here goes on by itself: a call of this rank drives it, and while the program computes, a helper thread that sleeps until it is needed.
/// Not there: synchronous, buffered and ready forms (§3.7.2); persistent requests (§3.9).
/// </remarks>
public partial class Comm
{
    /// <summary>Begins to send elements to a rank.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="data">The elements; they must stay unchanged until the request is complete, and are kept alive so long.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Number by which the receiver may choose, 0 or more.</param>
    /// <returns>The request; the null request when the message has gone already.</returns>
    /// <remarks>MPI 4.1 §3.7.2.</remarks>
    /// <exception cref="MpiException">UMPS2004, UMPS2007: rank or tag out of range. UMPS2202: the job is being ended.</exception>
    public Request Isend<T>(ReadOnlyMemory<T> data, int dest, int tag = 0)
        where T : unmanaged
    {
        if (!CheckSend(dest, tag, nameof(Isend), out int endpoint))
            return default;
        if (FixedCall.TrySendShort(this, endpoint, tag, data.Span))
            return default;
        PinnedBuffer pin = default;
        BufferRef buffer = BufferRef.Of(data, ref pin);
        return Core.Isend(this, Context, endpoint, tag, TypeHash<T>.Value, buffer, pin, nameof(Isend));
    }

    /// <inheritdoc cref="Isend{T}(ReadOnlyMemory{T}, int, int)"/>
    public Request Isend<T>(Memory<T> data, int dest, int tag = 0)
        where T : unmanaged => Isend((ReadOnlyMemory<T>)data, dest, tag);

    /// <inheritdoc cref="Isend{T}(ReadOnlyMemory{T}, int, int)"/>
    public Request Isend<T>(T[] data, int dest, int tag = 0)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        return Isend((ReadOnlyMemory<T>)data, dest, tag);
    }

    /// <summary>Begins to receive elements.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="buffer">Where they go; it must not be touched until the request is complete, and is kept alive so long. The message may be shorter.</param>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <returns>The request; its status says whose message came, and how long it is. From <see cref="ProcNull"/> the null request.</returns>
    /// <remarks>MPI 4.1 §3.7.2. Receives meet messages in the order in which they are begun.</remarks>
    /// <exception cref="MpiException">UMPS2004, UMPS2007: rank or tag out of range. UMPS2202: the job is being ended. What is wrong with the message is thrown by
    /// the call that completes the request.</exception>
    /// <example><code>
    /// Request halo = comm.Irecv(ghost, source: left);
    /// comm.Send(edge, dest: right);
    /// Status status = await halo;
    /// </code></example>
    public Request Irecv<T>(Memory<T> buffer, int source = AnySource, int tag = AnyTag)
        where T : unmanaged
    {
        if (!CheckRecv(source, tag, nameof(Irecv), out int endpoint))
            return default;
        PinnedBuffer pin = default;
        BufferRef target = BufferRef.Of<T>(buffer, ref pin);
        if (!pin.IsHeld && Core.TryPost(this, Context, endpoint, tag, TypeHash<T>.Value, SpanBytes.SizeOf<T>(), in target, nameof(Irecv)) is { IsNull: false } posted)
            return posted;
        return Core.Irecv(
            this, Context, endpoint, tag, TypeHash<T>.Value, SpanBytes.SizeOf<T>(), target, pin, rented: null, nameof(Irecv));
    }

    /// <inheritdoc cref="Irecv{T}(Memory{T}, int, int)"/>
    public Request Irecv<T>(T[] buffer, int source = AnySource, int tag = AnyTag)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return Irecv(buffer.AsMemory(), source, tag);
    }
}
