using System;
using Umps.Buffers;
using Umps.Collectives;

namespace Umps;

/// <summary>Collective communication over spans: MPI 4.1 §6.3 to §6.9. Every rank of the communicator calls, in the same order.</summary>
/// <remarks>
/// Counts, types and roots must agree between the ranks. Several threads may be in collectives of different communicators at once; in one communicator a rank
/// makes one collective call at a time. A call may return on one rank before another has begun: only <see cref="Barrier"/> synchronises.
/// Not there: the v and w forms (§6.5 to §6.8), ReduceScatter (§6.10), Scan and Exscan (§6.11), non-blocking and persistent forms (§6.12, §6.13).
/// </remarks>
public partial class Comm
{
    /// <summary>Returns when every rank has called it.</summary>
    /// <remarks>MPI 4.1 §6.3.</remarks>
    /// <exception cref="MpiException">UMPS2201: a rank is gone. UMPS2301: the ranks call different collectives.</exception>
    public void Barrier()
    {
        CheckUsable("Comm.Barrier");
        Core.Options.Collectives.RunBarrier(this, CollectiveTag.Barrier);
    }

    /// <summary>Gives the root's elements to every rank.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="buffer">What the root sends; where the others receive.</param>
    /// <param name="root">Rank that sends.</param>
    /// <remarks>MPI 4.1 §6.4.</remarks>
    /// <exception cref="MpiException">UMPS2302: the root is no rank. UMPS2111, UMPS2301: the ranks differ in length, collective or root. UMPS2201: a rank is gone.</exception>
    public void Bcast<T>(Span<T> buffer, int root = 0)
        where T : unmanaged
    {
        CheckRoot(root, nameof(Bcast));
        Core.Options.Collectives.RunBcast(this, BytesOf(buffer, nameof(Bcast)), root, CollectiveTag.WithRoot(CollectiveTag.Bcast, root));
    }

    /// <inheritdoc cref="Bcast{T}(Span{T}, int)"/>
    public void Bcast<T>(T[] buffer, int root = 0)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        Bcast(buffer.AsSpan(), root);
    }

    /// <summary>Combines the elements of all ranks, one by one, and gives the result to the root.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="send">This rank's elements.</param>
    /// <param name="recv">Where the root gets the result: as long as <paramref name="send"/>, or the same memory. Not used elsewhere; may be empty there.</param>
    /// <param name="op">How two elements are combined.</param>
    /// <param name="root">Rank that gets the result.</param>
    /// <remarks>MPI 4.1 §6.9.1.</remarks>
    /// <exception cref="MpiException">UMPS2303: <paramref name="recv"/> is too short. UMPS2304: the operator does not take the type. Otherwise as <see cref="Bcast{T}(Span{T}, int)"/>.</exception>
    public void Reduce<T>(ReadOnlySpan<T> send, Span<T> recv, Op op, int root = 0)
        where T : unmanaged
    {
        CheckRoot(root, nameof(Reduce));
        Reduction reduction = ReductionOf<T>(op, nameof(Reduce));
        recv = Rank == root ? ResultOf(send, recv, nameof(Reduce)) : default;
        Core.Options.Collectives.RunReduce(
            this, BytesOf(send, nameof(Reduce)), BytesOf(recv, nameof(Reduce)), reduction, op.IsCommutative, root, CollectiveTag.WithRoot(CollectiveTag.Reduce, root));
    }

    /// <summary>Combines the elements of all ranks, one by one, and gives the result to the root in place of its own.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="buffer">This rank's elements; on the root they become the result, elsewhere they stay.</param>
    /// <param name="op">How two elements are combined.</param>
    /// <param name="root">Rank that gets the result.</param>
    /// <remarks>MPI 4.1 §6.9.1, MPI_IN_PLACE.</remarks>
    /// <exception cref="MpiException">As <see cref="Reduce{T}(ReadOnlySpan{T}, Span{T}, Op, int)"/>.</exception>
    public void Reduce<T>(Span<T> buffer, Op op, int root = 0)
        where T : unmanaged => Reduce(buffer, buffer, op, root);

    /// <inheritdoc cref="Reduce{T}(Span{T}, Op, int)"/>
    public void Reduce<T>(T[] buffer, Op op, int root = 0)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        Reduce(buffer.AsSpan(), op, root);
    }

    /// <summary>Combines the elements of all ranks, one by one, and gives the result to every rank, the same bits to each.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="send">This rank's elements.</param>
    /// <param name="recv">Where the result goes: as long as <paramref name="send"/>, or the same memory.</param>
    /// <param name="op">How two elements are combined.</param>
    /// <remarks>MPI 4.1 §6.9.6.</remarks>
    /// <exception cref="MpiException">As <see cref="Reduce{T}(ReadOnlySpan{T}, Span{T}, Op, int)"/>.</exception>
    /// <example><code>comm.Allreduce(send, recv, Op.Sum);</code></example>
    public void Allreduce<T>(ReadOnlySpan<T> send, Span<T> recv, Op op)
        where T : unmanaged
    {
        CheckUsable("Comm.Allreduce");
        recv = ResultOf(send, recv, nameof(Allreduce));
        Reduction reduction = ReductionOf<T>(op, nameof(Allreduce));
        send.CopyTo(recv);
        Core.Options.Collectives.RunAllreduce(this, BytesOf(recv, nameof(Allreduce)), reduction, CollectiveTag.Allreduce);
    }

    /// <summary>Combines the elements of all ranks, one by one, and gives the result to every rank in place of its own.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="buffer">This rank's elements, then the result.</param>
    /// <param name="op">How two elements are combined.</param>
    /// <remarks>MPI 4.1 §6.9.6, MPI_IN_PLACE.</remarks>
    /// <exception cref="MpiException">As <see cref="Reduce{T}(ReadOnlySpan{T}, Span{T}, Op, int)"/>.</exception>
    public void Allreduce<T>(Span<T> buffer, Op op)
        where T : unmanaged
    {
        CheckUsable("Comm.Allreduce");
        Reduction reduction = ReductionOf<T>(op, nameof(Allreduce));
        Core.Options.Collectives.RunAllreduce(this, BytesOf(buffer, nameof(Allreduce)), reduction, CollectiveTag.Allreduce);
    }

    /// <inheritdoc cref="Allreduce{T}(Span{T}, Op)"/>
    public void Allreduce<T>(T[] buffer, Op op)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        Allreduce(buffer.AsSpan(), op);
    }

    /// <summary>Collects the elements of all ranks on the root, in rank order.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="send">This rank's elements; as many on each. On the root it may be the very place in <paramref name="recv"/> where they end up.</param>
    /// <param name="recv">Where the root gets them: <see cref="Size"/> times as long. Not used elsewhere; may be empty there.</param>
    /// <param name="root">Rank that collects.</param>
    /// <remarks>MPI 4.1 §6.5.</remarks>
    /// <exception cref="MpiException">UMPS2303: <paramref name="recv"/> is too short. Otherwise as <see cref="Bcast{T}(Span{T}, int)"/>.</exception>
    public void Gather<T>(ReadOnlySpan<T> send, Span<T> recv, int root = 0)
        where T : unmanaged
    {
        CheckRoot(root, nameof(Gather));
        recv = Rank == root ? BlocksOf(send.Length, recv, nameof(Gather)) : default;
        Core.Options.Collectives.RunGather(
            this, BytesOf(send, nameof(Gather)), BytesOf(recv, nameof(Gather)), root, CollectiveTag.WithRoot(CollectiveTag.Gather, root));
    }

    /// <summary>Collects the elements of all ranks on every rank, in rank order.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="send">This rank's elements; as many on each. It may be the very place in <paramref name="recv"/> where they end up.</param>
    /// <param name="recv">Where they go: <see cref="Size"/> times as long.</param>
    /// <remarks>MPI 4.1 §6.7.</remarks>
    /// <exception cref="MpiException">As <see cref="Gather{T}(ReadOnlySpan{T}, Span{T}, int)"/>.</exception>
    public void Allgather<T>(ReadOnlySpan<T> send, Span<T> recv)
        where T : unmanaged
    {
        CheckUsable("Comm.Allgather");
        recv = BlocksOf(send.Length, recv, nameof(Allgather));
        send.CopyTo(recv[(Rank * send.Length)..]);
        int blockBytes = BytesOf(send, nameof(Allgather)).Length;
        Core.Options.Collectives.RunAllgather(this, BytesOf(recv, nameof(Allgather)), blockBytes, CollectiveTag.Allgather);
    }

    /// <summary>Deals the root's elements out, in rank order.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="send">On the root, <see cref="Size"/> times as many as each rank gets. Not used elsewhere; may be empty there.</param>
    /// <param name="recv">Where this rank's elements go; it says how many. On the root it may be the very place in <paramref name="send"/> where they are.</param>
    /// <param name="root">Rank that deals out.</param>
    /// <remarks>MPI 4.1 §6.6.</remarks>
    /// <exception cref="MpiException">UMPS2303: <paramref name="send"/> is too short. Otherwise as <see cref="Bcast{T}(Span{T}, int)"/>.</exception>
    public void Scatter<T>(ReadOnlySpan<T> send, Span<T> recv, int root = 0)
        where T : unmanaged
    {
        CheckRoot(root, nameof(Scatter));
        if (Rank != root)
            send = default;
        else if (send.Length < (long)recv.Length * Size)
            throw Throw.TooShort(this, nameof(Scatter), nameof(send), send.Length, (long)recv.Length * Size);
        else if (send.Length > recv.Length * Size)
            throw Throw.NotDivisible(this, nameof(Scatter), send.Length, recv.Length);
        Core.Options.Collectives.RunScatter(
            this, BytesOf(send, nameof(Scatter)), BytesOf(recv, nameof(Scatter)), root, CollectiveTag.WithRoot(CollectiveTag.Scatter, root));
    }

    /// <summary>Gives each rank a part of this rank's elements, and takes a part from each.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="send">As many elements for each rank, in rank order.</param>
    /// <param name="recv">Where what comes goes, in rank order of its senders; as long as <paramref name="send"/>.</param>
    /// <remarks>MPI 4.1 §6.8. Where the two overlap, what is sent is copied first.</remarks>
    /// <exception cref="MpiException">UMPS2303: <paramref name="recv"/> is too short. UMPS2305: the length is no multiple of the number of ranks. Otherwise as
    /// <see cref="Bcast{T}(Span{T}, int)"/>.</exception>
    public void Alltoall<T>(ReadOnlySpan<T> send, Span<T> recv)
        where T : unmanaged
    {
        CheckUsable("Comm.Alltoall");
        if (send.Length % Size != 0)
            throw Throw.NotDivisible(this, nameof(Alltoall), send.Length);
        if (recv.Length < send.Length)
            throw Throw.TooShort(this, nameof(Alltoall), nameof(recv), recv.Length, send.Length);
        ReadOnlySpan<byte> sent = BytesOf(send, nameof(Alltoall));
        Span<byte> received = BytesOf(recv[..send.Length], nameof(Alltoall));
        using var copy = new Scratch(stackalloc byte[Scratch.StackBytes], send.Overlaps(recv) ? sent.Length : 0);
        if (copy.Bytes.Length > 0)
        {
            sent.CopyTo(copy.Bytes);
            Core.Options.Collectives.RunAlltoall(this, copy.Bytes, received, CollectiveTag.Alltoall);
        }
        else
        {
            Core.Options.Collectives.RunAlltoall(this, sent, received, CollectiveTag.Alltoall);
        }
    }

    /// <summary>Throws when the communicator cannot be used, or the root is none of its ranks.</summary>
    private void CheckRoot(int root, string call)
    {
        if (_group is null || _disposed)
            CheckUsable($"Comm.{call}");
        if ((uint)root >= (uint)Size)
            throw Throw.RootOutOfRange(this, call, root);
    }

    /// <summary>The reduction of a type by an operator.</summary>
    private Reduction ReductionOf<T>(Op op, string call)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(op);
        Reduction? reduction = op.Kind != OpKind.User ? Reductions<T>.Of(op.Kind) : (op as UserOp<T>)?.Reduction;
        return reduction ?? throw Throw.OpLacksType<T>(this, call, op);
    }

    /// <summary>Where a result goes that is as long as what is sent.</summary>
    private Span<T> ResultOf<T>(ReadOnlySpan<T> send, Span<T> recv, string call)
        where T : unmanaged
    {
        if (recv.Length < send.Length)
            throw Throw.TooShort(this, call, nameof(recv), recv.Length, send.Length);
        recv = recv[..send.Length];
        return send.Overlaps(recv, out int offset) && offset != 0 ? throw Throw.BuffersOverlap(this, call) : recv;
    }

    /// <summary>Where a block of every rank goes.</summary>
    private Span<T> BlocksOf<T>(int blockLength, Span<T> recv, string call)
        where T : unmanaged
    {
        long needed = (long)blockLength * Size;
        return recv.Length < needed ? throw Throw.TooShort(this, call, nameof(recv), recv.Length, needed) : recv[..(int)needed];
    }

    private Span<byte> BytesOf<T>(Span<T> elements, string call)
        where T : unmanaged
    {
        long lengthBytes = (long)elements.Length * SpanBytes.SizeOf<T>();
        return lengthBytes <= int.MaxValue ? SpanBytes.Of(elements) : throw Throw.CollectiveTooLong(this, call, lengthBytes);
    }

    private ReadOnlySpan<byte> BytesOf<T>(ReadOnlySpan<T> elements, string call)
        where T : unmanaged
    {
        long lengthBytes = (long)elements.Length * SpanBytes.SizeOf<T>();
        return lengthBytes <= int.MaxValue ? SpanBytes.Of(elements) : throw Throw.CollectiveTooLong(this, call, lengthBytes);
    }
}
