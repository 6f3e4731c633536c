using System;
using Umps.Buffers;

namespace Umps;

/// <summary>What the collectives and topologies stand on: sends and receives of bytes in the collective context.</summary>
public partial class Comm
{
    private const string CollectiveCall = "collective";

    /// <summary>The rank this communicator belongs to.</summary>
    internal RankCore Core { get; }

    /// <summary>Context of point-to-point; with the low bit set, of collectives.</summary>
    internal ulong Context { get; }

    /// <summary>Sends in the collective context; may return before the message is received.</summary>
    /// <param name="data">The bytes; free again on return.</param>
    /// <param name="dest">Rank of the receiver.</param>
    /// <param name="tag">A constant of the collective.</param>
    internal void SendBytes(ReadOnlySpan<byte> data, int dest, int tag)
    {
        CheckUsable(CollectiveCall);
        FixedCall.SendCollective(this, Group.EndpointOf(dest), tag, data, CollectiveCall);
    }

    /// <summary>Receives exactly as many bytes in the collective context.</summary>
    /// <exception cref="MpiException">UMPS2111: the message has another length, so the ranks called with different counts.</exception>
    internal void RecvBytes(Span<byte> data, int source, int tag)
    {
        CheckUsable(CollectiveCall);
        Status status;
        try
        {
            status = FixedCall.RecvCollective(this, Group.EndpointOf(source), tag, data, CollectiveCall);
        }
        catch (MpiException error) when (error.ErrorId == ErrorId.Truncated)
        {
            throw Throw.CountsDiffer(this, CollectiveCall, error.Fact!);
        }
        if (status.LengthBytes != data.Length)
            throw Throw.CountsDiffer(this, CollectiveCall, source, status.LengthBytes, data.Length);
    }

    /// <summary>Receives a message of unknown length in the collective context.</summary>
    internal byte[] RecvBytesAny(int source, int tag)
    {
        CheckUsable(CollectiveCall);
        var rented = new RentedBytes();
        Core.RecvRented(this, Context | 1, Group.EndpointOf(source), tag, TypeHash.Bytes, rented, CollectiveCall);
        byte[] message = rented.Memory.ToArray();
        rented.Return();
        return message;
    }

    /// <summary>Sends and receives at once in the collective context, without deadlock.</summary>
    internal void Exchange(ReadOnlySpan<byte> send, int dest, Span<byte> receive, int source, int tag)
    {
        CheckUsable(CollectiveCall);
        Status status;
        try
        {
            status = FixedCall.SendrecvCollective(this, Group.EndpointOf(dest), send, Group.EndpointOf(source), receive, tag, CollectiveCall);
        }
        catch (MpiException error) when (error.ErrorId == ErrorId.Truncated)
        {
            throw Throw.CountsDiffer(this, CollectiveCall, error.Fact!);
        }
        if (status.LengthBytes != receive.Length)
            throw Throw.CountsDiffer(this, CollectiveCall, source, status.LengthBytes, receive.Length);
    }
}
