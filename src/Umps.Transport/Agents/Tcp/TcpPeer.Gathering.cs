using System;
using System.Diagnostics;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>A burst of small messages: gathered in the send buffer, and written together.</summary>
/// <remarks>
/// Gathered bytes leave by the next pass, by the next message that is no part of the burst (in the same write), when they are many or old, and at the latest when the
/// owner's helper calls <see cref="TcpAgent.FlushGathered"/>. While <see cref="IsGathering"/> the socket is not known to be full; once it is, they are ordinary bytes that wait for room.
/// </remarks>
internal sealed unsafe partial class TcpPeer
{
    private Burst _burst;
    private long _gatheredSince;

    /// <summary>The send buffer holds gathered messages, and nothing else.</summary>
    public bool IsGathering { get; private set; }

    /// <summary>Takes a message of a burst into the buffer, or writes it together with what is there.</summary>
    /// <returns>False when it is to go the ordinary way.</returns>
    private bool TryGather(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        long now = Stopwatch.GetTimestamp();
        bool believed = _burst.Note(now, _agent.Passes);
        if (_queue.LengthBytes > 0 ? !IsGathering : !believed)
            return false;
        int total = TcpFrameHeader.SizeBytes + payload.Length;
        if (total > _queue.RoomBytes - ReserveBytes)
        {
            Flush();
            return false;
        }
        if (!believed || payload.Length > Burst.PayloadBytesMax)
            return IsGathering && TrySendBehindGathered(in header, payload);

        TcpFrameHeader frame = TcpFrameHeader.Of(TcpFrameType.Message, in header, payload.Length, TakeCreditDue());
        EnqueueRest(&frame, payload, 0);
        CountMessage(payload.Length);
        _counters.MessagesGathered++;
        if (!IsGathering)
        {
            IsGathering = true;
            _gatheredSince = now;
            _agent.BeginGathering(now);
        }
        if (_queue.LengthBytes >= _options.GatherBytesMax || Burst.IsOld(_gatheredSince, now))
            Flush();
        return true;
    }

    /// <summary>One write: what was gathered, then this message.</summary>
    private bool TrySendBehindGathered(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        EndGathering();
        uint credit = (uint)Math.Min(_creditDue, uint.MaxValue);
        TcpFrameHeader frame = TcpFrameHeader.Of(TcpFrameType.Message, in header, payload.Length, credit);
        int sent;
        fixed (byte* bytes = payload)
        {
            IoVector* pieces = stackalloc IoVector[3];
            pieces[0] = new IoVector(_queue.First, _queue.LengthBytes);
            pieces[1] = new IoVector(&frame, TcpFrameHeader.SizeBytes);
            pieces[2] = new IoVector(bytes, payload.Length);
            sent = Write(pieces, payload.IsEmpty ? 2 : 3);
        }
        if (sent < 0)
            return false;
        _creditDue -= credit;
        CountMessage(payload.Length);
        int before = Math.Min(sent, _queue.LengthBytes);
        Consume(before);
        if (sent - before < TcpFrameHeader.SizeBytes + payload.Length)
            EnqueueRest(&frame, payload, sent - before);
        return true;
    }

    private void EndGathering()
    {
        if (!IsGathering)
            return;
        IsGathering = false;
        _agent.EndGathering();
    }
}
