using System;
using MessagePack;
using Umps.Buffers;
using Umps.Collectives;
using Umps.Collectives.Shapes;

namespace Umps;

/// <summary>Collectives of objects, serialised by MessagePack as <c>SendObject</c>'s are.</summary>
public partial class Comm
{
    /// <summary>Gives the root's object to every rank.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The root's counts.</param>
    /// <param name="root">Rank that sends.</param>
    /// <param name="serializer">How it is serialised; all ranks must agree.</param>
    /// <returns>The very object on the root, a copy elsewhere.</returns>
    /// <exception cref="MpiException">UMPS2112: it cannot be serialised. Otherwise as <see cref="Bcast{T}(Span{T}, int)"/>.</exception>
    public T BcastObject<T>(T value, int root = 0, MessagePackSerializerOptions? serializer = null)
    {
        CheckRoot(root, nameof(BcastObject));
        Note(CollectiveTag.WithRoot(CollectiveTag.BcastObject, root));
        return BcastObject(value, root, serializer, CollectiveTag.WithRoot(CollectiveTag.BcastObject, root));
    }

    /// <summary>Collects the objects of all ranks on the root.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="root">Rank that collects.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>The objects by rank on the root; <c>null</c> elsewhere.</returns>
    /// <exception cref="MpiException">As <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T[]? GatherObject<T>(T value, int root = 0, MessagePackSerializerOptions? serializer = null)
    {
        CheckRoot(root, nameof(GatherObject));
        int tag = CollectiveTag.WithRoot(CollectiveTag.GatherObject, root);
        Note(tag);
        if (Rank != root)
        {
            using PooledWriter message = Serialize(value, serializer, nameof(GatherObject));
            SendBytes(message.Written, root, tag);
            return null;
        }
        var values = new T[Size];
        for (int rank = 0; rank < Size; rank++)
            values[rank] = rank == root ? value : RecvCollectiveObject<T>(rank, serializer, tag);
        return values;
    }

    /// <summary>Collects the objects of all ranks on every rank.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>The objects by rank.</returns>
    /// <exception cref="MpiException">As <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T[] AllgatherObject<T>(T value, MessagePackSerializerOptions? serializer = null)
    {
        CheckUsable("Comm.AllgatherObject");
        using PooledWriter message = Serialize(value, serializer, nameof(AllgatherObject));
        Note(CollectiveTag.AllgatherObject);
        Span<int> lengths = stackalloc int[Size <= 64 ? Size : 0];
        if (lengths.Length < Size)
            lengths = new int[Size];
        lengths[Rank] = message.Written.Length;
        AllgatherBruck.Run(this, SpanBytes.Of(lengths), sizeof(int), CollectiveTag.AllgatherObject);

        // Round the ring, each passing on what it got last.
        var values = new T[Size];
        values[Rank] = value;
        int up = Ring.Up(Rank, 1, Size);
        int down = Ring.Down(Rank, 1, Size);
        var passing = new byte[lengths[Rank]];
        message.Written.CopyTo(passing);
        for (int step = 1; step < Size; step++)
        {
            int origin = Ring.Down(Rank, step, Size);
            var incoming = new byte[lengths[origin]];
            Exchange(passing, up, incoming, down, CollectiveTag.AllgatherObject);
            values[origin] = Deserialize<T>(incoming, serializer, nameof(AllgatherObject));
            passing = incoming;
        }
        return values;
    }

    /// <summary>Deals the root's objects out, one a rank.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="values">On the root one for each rank, by rank. Not used elsewhere; may be <c>null</c> there.</param>
    /// <param name="root">Rank that deals out.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>This rank's object; the very one on the root.</returns>
    /// <exception cref="MpiException">UMPS2303: there are fewer objects than ranks. Otherwise as <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T ScatterObject<T>(T[]? values, int root = 0, MessagePackSerializerOptions? serializer = null)
    {
        CheckRoot(root, nameof(ScatterObject));
        int tag = CollectiveTag.WithRoot(CollectiveTag.ScatterObject, root);
        if (Rank == root && (values is null || values.Length != Size))
            throw Throw.TooShort(this, nameof(ScatterObject), nameof(values), values?.Length ?? 0, Size);
        Note(tag);
        if (Rank != root)
            return RecvCollectiveObject<T>(root, serializer, tag);
        for (int rank = 0; rank < Size; rank++)
        {
            if (rank == root)
                continue;
            using PooledWriter message = Serialize(values![rank], serializer, nameof(ScatterObject));
            SendBytes(message.Written, rank, tag);
        }
        return values![root];
    }

    /// <summary>Gives each rank one of this rank's objects, and takes one from each.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="values">One for each rank, by rank.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>What came, by sender.</returns>
    /// <exception cref="MpiException">UMPS2303: there are fewer objects than ranks. Otherwise as <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T[] AlltoallObject<T>(T[] values, MessagePackSerializerOptions? serializer = null)
    {
        CheckUsable("Comm.AlltoallObject");
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != Size)
            throw Throw.TooShort(this, nameof(AlltoallObject), nameof(values), values.Length, Size);
        Note(CollectiveTag.AlltoallObject);
        var received = new T[Size];
        received[Rank] = values[Rank];
        for (int step = 1; step < Size; step++)
        {
            int dest = Ring.Up(Rank, step, Size);
            int source = Ring.Down(Rank, step, Size);
            using PooledWriter message = Serialize(values[dest], serializer, nameof(AlltoallObject));
            int length = message.Written.Length;
            int lengthIncoming = 0;
            Exchange(SpanBytes.Of(ref length), dest, SpanBytes.Of(ref lengthIncoming), source, CollectiveTag.AlltoallObject);
            var incoming = new byte[lengthIncoming];
            Exchange(message.Written, dest, incoming, source, CollectiveTag.AlltoallObject);
            received[source] = Deserialize<T>(incoming, serializer, nameof(AlltoallObject));
        }
        return received;
    }

    /// <summary>Combines the objects of all ranks and gives the result to the root.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="function">Combines two, the one of the lower ranks first; associative.</param>
    /// <param name="root">Rank that gets the result.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>The result on the root; <c>default</c> elsewhere.</returns>
    /// <exception cref="MpiException">As <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T? ReduceObject<T>(T value, Func<T, T, T> function, int root = 0, MessagePackSerializerOptions? serializer = null)
    {
        CheckRoot(root, nameof(ReduceObject));
        ArgumentNullException.ThrowIfNull(function);
        Note(CollectiveTag.WithRoot(CollectiveTag.ReduceObject, root));
        T? result = ReduceObject(value, function, root, serializer, CollectiveTag.WithRoot(CollectiveTag.ReduceObject, root));
        return Rank == root ? result : default;
    }

    /// <summary>Combines the objects of all ranks and gives the result to every rank.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="function">Combines two, the one of the lower ranks first; associative.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>The result, computed once and the same for all.</returns>
    /// <exception cref="MpiException">As <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T AllreduceObject<T>(T value, Func<T, T, T> function, MessagePackSerializerOptions? serializer = null)
    {
        CheckUsable("Comm.AllreduceObject");
        ArgumentNullException.ThrowIfNull(function);
        Note(CollectiveTag.AllreduceObject);
        T result = ReduceObject(value, function, root: 0, serializer, CollectiveTag.AllreduceObject);
        return BcastObject(result, root: 0, serializer, CollectiveTag.AllreduceObject);
    }

    /// <summary>Down a binomial tree, each rank passing on the bytes that it got.</summary>
    private T BcastObject<T>(T value, int root, MessagePackSerializerOptions? serializer, int tag)
    {
        var tree = new BinomialTree(Rank, Size, root);
        if (tree.IsRoot)
        {
            if (Size == 1)
                return value;
            using PooledWriter message = Serialize(value, serializer, CollectiveTag.NameOf(tag));
            SendToChildren(tree, message.Written, tag);
            return value;
        }
        RentedBytes received = RecvBytesAny(tree.Parent, tag);
        SendToChildren(tree, received.Memory.Span, tag);
        return DeserializeAndReturn<T>(received, serializer, tag);
    }

    private void SendToChildren(in BinomialTree tree, ReadOnlySpan<byte> message, int tag)
    {
        for (int distance = tree.Reach >> 1; distance > 0; distance >>= 1)
        {
            if (tree.HasChild(distance))
                SendBytes(message, tree.Child(distance), tag);
        }
    }

    /// <summary>Up the binomial tree of rank 0, which keeps rank order, and on to the root.</summary>
    /// <returns>The result on the root; something else elsewhere.</returns>
    private T ReduceObject<T>(T value, Func<T, T, T> function, int root, MessagePackSerializerOptions? serializer, int tag)
    {
        var tree = new BinomialTree(Rank, Size, root: 0);
        for (int distance = 1; distance < tree.Reach && tree.HasChild(distance); distance <<= 1)
            value = function(value, RecvCollectiveObject<T>(tree.Child(distance), serializer, tag));
        int to = tree.IsRoot ? root : tree.Parent;
        if (to != Rank)
        {
            using PooledWriter message = Serialize(value, serializer, CollectiveTag.NameOf(tag));
            SendBytes(message.Written, to, tag);
        }
        return Rank == root && !tree.IsRoot ? RecvCollectiveObject<T>(0, serializer, tag) : value;
    }

    private T RecvCollectiveObject<T>(int source, MessagePackSerializerOptions? serializer, int tag) =>
        DeserializeAndReturn<T>(RecvBytesAny(source, tag), serializer, tag);

    private T DeserializeAndReturn<T>(RentedBytes message, MessagePackSerializerOptions? serializer, int tag)
    {
        try
        {
            return Deserialize<T>(message.Memory, serializer, CollectiveTag.NameOf(tag));
        }
        finally
        {
            message.Return();
        }
    }
}
