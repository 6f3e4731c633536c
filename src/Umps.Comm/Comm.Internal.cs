using System;
using Umps.Buffers;
using Umps.Collectives;

namespace Umps;

/// <summary>What the collectives and topologies stand on: sends and receives of bytes in the collective context.</summary>
public partial class Comm
{
    /// <summary>The rank this communicator belongs to.</summary>
    internal RankCore Core { get; }

    /// <summary>Context of point-to-point; with the low bit set, of collectives.</summary>
    internal ulong Context { get; }

    /// <summary>Sends in the collective context; may return before the message is received.</summary>
    /// <param name="data">The bytes; free again on return.</param>
    /// <param name="dest">Rank of the receiver.</param>
    /// <param name="tag">Which collective it is: a <see cref="CollectiveTag"/>.</param>
    internal void SendBytes(ReadOnlySpan<byte> data, int dest, int tag) =>
        FixedCall.SendCollective(this, Group.EndpointOf(dest), tag, data, CollectiveTag.NameOf(tag));

    /// <summary>Receives exactly as many bytes in the collective context.</summary>
    /// <exception cref="MpiException">UMPS2111: the message has another length, so the ranks called with different counts. UMPS2301: it is of another collective.</exception>
    internal void RecvBytes(Span<byte> data, int source, int tag)
    {
        Status status;
        try
        {
            status = FixedCall.RecvCollective(this, Group.EndpointOf(source), data, CollectiveTag.NameOf(tag));
        }
        catch (MpiException error) when (error.ErrorId == ErrorId.Truncated)
        {
            status = error.Received;
        }
        if (status.LengthBytes != data.Length || status.Tag != tag)
            throw NotAsExpected(status, data.Length, tag);
    }

    /// <summary>Receives a message of unknown length in the collective context, into an array of the pool that the caller gives back.</summary>
    /// <exception cref="MpiException">UMPS2301: it is of another collective.</exception>
    internal RentedBytes RecvBytesAny(int source, int tag)
    {
        var rented = new RentedBytes();
        Status status = Core.RecvRented(
            this, Context | 1, Group.EndpointOf(source), AnyTag, TypeHash.Bytes, rented, CollectiveTag.NameOf(tag));
        return status.Tag == tag ? rented : throw NotAsExpected(status, status.LengthBytes, tag);
    }

    /// <summary>Sends and receives at once in the collective context, without deadlock.</summary>
    /// <exception cref="MpiException">As <see cref="RecvBytes"/>.</exception>
    internal void Exchange(ReadOnlySpan<byte> send, int dest, Span<byte> receive, int source, int tag)
    {
        Status status;
        try
        {
            status = FixedCall.SendrecvCollective(this, Group.EndpointOf(dest), send, tag, Group.EndpointOf(source), receive, CollectiveTag.NameOf(tag));
        }
        catch (MpiException error) when (error.ErrorId == ErrorId.Truncated)
        {
            status = error.Received;
        }
        if (status.LengthBytes != receive.Length || status.Tag != tag)
            throw NotAsExpected(status, receive.Length, tag);
    }

    private MpiException NotAsExpected(in Status received, long expectedBytes, int tag) => received.Tag != tag
        ? Throw.CollectivesDiffer(this, tag, received)
        : Throw.CountsDiffer(this, CollectiveTag.NameOf(tag), received.Source, received.LengthBytes, expectedBytes);
}
