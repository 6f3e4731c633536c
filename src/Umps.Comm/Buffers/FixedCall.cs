using System;
using Umps.Transport;

namespace Umps.Buffers;

/// <summary>Holds spans in place while a blocking call uses them, and passes them on as bytes: the thin typed surface ends here.</summary>
internal static unsafe class FixedCall
{
    /// <summary>A blocking send.</summary>
    public static void Send<T>(Comm comm, int endpoint, int tag, ReadOnlySpan<T> data, string call)
        where T : unmanaged
    {
        fixed (T* first = data)
        {
            if (!comm.Core.TrySendShort(comm.Context, endpoint, tag, TypeHash<T>.Value, Span(first, data.Length)))
                comm.Core.Send(comm, comm.Context, endpoint, tag, TypeHash<T>.Value, Span(first, data.Length), call);
        }
    }

    /// <summary>A blocking send of one value.</summary>
    public static void Send<T>(Comm comm, int endpoint, int tag, T value, string call)
        where T : unmanaged
    {
        if (!comm.Core.TrySendShort(comm.Context, endpoint, tag, TypeHash<T>.Value, Span(&value, 1)))
            comm.Core.Send(comm, comm.Context, endpoint, tag, TypeHash<T>.Value, Span(&value, 1), call);
    }

    /// <summary>A send of some bytes that goes at once or not at all.</summary>
    public static bool TrySendShort<T>(Comm comm, int endpoint, int tag, ReadOnlySpan<T> data)
        where T : unmanaged
    {
        fixed (T* first = data)
            return comm.Core.TrySendShort(comm.Context, endpoint, tag, TypeHash<T>.Value, Span(first, data.Length));
    }

    /// <summary>A blocking synchronous send.</summary>
    public static void SendSynchronous<T>(Comm comm, int endpoint, int tag, ReadOnlySpan<T> data, string call)
        where T : unmanaged
    {
        fixed (T* first = data)
            comm.Core.SendSynchronous(comm, comm.Context, endpoint, tag, TypeHash<T>.Value, Span(first, data.Length), call);
    }

    /// <summary>A blocking receive.</summary>
    public static Status Recv<T>(Comm comm, int endpoint, int tag, Span<T> buffer, string call)
        where T : unmanaged
    {
        fixed (T* first = buffer)
            return comm.Core.Recv(comm, comm.Context, endpoint, tag, TypeHash<T>.Value, sizeof(T), Span(first, buffer.Length), call);
    }

    /// <summary>A blocking receive of one value.</summary>
    public static T Recv<T>(Comm comm, int endpoint, int tag, out Status status, string call)
        where T : unmanaged
    {
        T value = default;
        status = comm.Core.Recv(comm, comm.Context, endpoint, tag, TypeHash<T>.Value, sizeof(T), Span(&value, 1), call);
        return value;
    }

    /// <summary>A blocking send and receive.</summary>
    public static Status Sendrecv<T>(
        Comm comm, int dest, int sendTag, ReadOnlySpan<T> data, int source, int recvTag, Span<T> buffer, string call)
        where T : unmanaged
    {
        fixed (T* firstSent = data)
        fixed (T* firstReceived = buffer)
        {
            return comm.Core.Sendrecv(
                comm, comm.Context, dest, sendTag, Span(firstSent, data.Length), source, recvTag, Span(firstReceived, buffer.Length), TypeHash<T>.Value, sizeof(T), call);
        }
    }

    /// <summary>A blocking send of a serialised object.</summary>
    public static void SendObject(Comm comm, int endpoint, int tag, ReadOnlySpan<byte> message, string call)
    {
        fixed (byte* first = message)
        {
            if (!comm.Core.TrySendShort(comm.Context, endpoint, tag, TypeHash.Object, Span(first, message.Length)))
                comm.Core.Send(comm, comm.Context, endpoint, tag, TypeHash.Object, Span(first, message.Length), call);
        }
    }

    /// <summary>A blocking send in the collective context.</summary>
    public static void SendCollective(Comm comm, int endpoint, int tag, ReadOnlySpan<byte> data, string call)
    {
        fixed (byte* first = data)
            comm.Core.Send(comm, comm.Context | 1, endpoint, tag, TypeHash.Bytes, Span(first, data.Length), call);
    }

    /// <summary>A blocking receive in the collective context, of any tag.</summary>
    public static Status RecvCollective(Comm comm, int endpoint, Span<byte> buffer, string call)
    {
        fixed (byte* first = buffer)
            return comm.Core.Recv(comm, comm.Context | 1, endpoint, Comm.AnyTag, TypeHash.Bytes, 1, Span(first, buffer.Length), call);
    }

    /// <summary>A blocking send and receive in the collective context; the receive is of any tag.</summary>
    public static Status SendrecvCollective(Comm comm, int dest, ReadOnlySpan<byte> data, int tag, int source, Span<byte> buffer, string call)
    {
        fixed (byte* firstSent = data)
        fixed (byte* firstReceived = buffer)
        {
            return comm.Core.Sendrecv(
                comm, comm.Context | 1, dest, tag, Span(firstSent, data.Length), source, Comm.AnyTag, Span(firstReceived, buffer.Length), TypeHash.Bytes, 1, call);
        }
    }

    private static NativeSpan Span<T>(T* first, int count)
        where T : unmanaged => new((nint)first, (nint)count * sizeof(T));
}
