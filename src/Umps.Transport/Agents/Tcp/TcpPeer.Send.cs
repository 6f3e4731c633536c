using System;
using System.Diagnostics;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>The sending half: straight from the caller's memory into the socket, and what does not go waits in the send buffer.</summary>
/// <remarks>
/// Order: while anything waits, everything later is appended behind it or refused. A fragment is written from the caller's memory only, so while one is begun the
/// stream belongs to it: messages are refused, and credit frames wait for its end.
/// A burst of small messages is gathered in the same buffer (TcpPeer.Gathering.cs).
/// The buffer keeps <see cref="ReserveBytes"/> for one credit frame and one goodbye: those are never refused.
/// </remarks>
internal sealed unsafe partial class TcpPeer
{
    private const int ReserveBytes = 2 * TcpFrameHeader.SizeBytes;

    /// <summary>What goes into the buffer with a fragment's header when the socket took the header, or part of it, and nothing more.</summary>
    private const int FragmentHeadBytes = 4096;

    private readonly SendBuffer _queue;
    private long _creditLeft;           // eager payload that may still be sent
    private int _fragmentOutLeft;       // of the fragment that is begun
    private bool _refused;              // a send found no room: the caller waits for it
    private bool _creditQueued;         // a credit frame is in the buffer
    private bool _goodbyeSaid;

    /// <summary>In the agent's list of peers that wait for room.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Epoll watches it for room.</summary>
    public bool IsWatchedForRoom { get; set; }

    /// <summary>Bytes that were taken and have not left the process.</summary>
    public int UnsentBytes => _queue.LengthBytes;

    /// <summary>Eager payload that may still be sent.</summary>
    public long CreditLeft => _creditLeft;

    /// <summary>Something waits for room in the socket.</summary>
    public bool NeedsRoom => _refused || _queue.LengthBytes > 0;

    /// <summary>A write has failed, and the reader has not come to the end yet.</summary>
    public bool IsBroken => _brokenReason is not null;

    /// <summary>In the midst of a fragment, which only its caller can finish.</summary>
    public bool IsInFragment => _fragmentOutLeft > 0;

    public bool TrySend(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        int length = payload.Length;
        if (State == TcpPeerState.Lost || IsBroken || _fragmentOutLeft > 0)
            return false;
        if (length > FreeBytesMax && length > _creditLeft)
        {
            _counters.RefusedForCredit++;
            return false;
        }
        if (_agent.Gathers && State == TcpPeerState.Open && TryGather(in header, payload))
            return true;
        if (_queue.LengthBytes > 0 || State != TcpPeerState.Open)
            return TrySendQueued(in header, payload);

        TcpFrameHeader frame = TcpFrameHeader.Of(TcpFrameType.Message, in header, length, TakeCreditDue());
        if (!TryWrite(&frame, payload, out int sent))
            return false;
        CountMessage(length);
        if (sent < TcpFrameHeader.SizeBytes + length)
            EnqueueRest(&frame, payload, sent);
        return true;
    }

    public int TrySendFragment(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (State != TcpPeerState.Open || IsBroken || payload.IsEmpty)
            return 0;
        EndGathering();         // what was gathered leaves before the fragment, in the same call
        bool begins = _fragmentOutLeft == 0;
        int length = Math.Min(payload.Length, begins ? _options.FragmentBytesMax : _fragmentOutLeft);
        TcpFrameHeader frame = TcpFrameHeader.Of(TcpFrameType.Fragment, in header, length, (uint)Math.Min(_creditDue, uint.MaxValue));
        int headBytes = begins ? TcpFrameHeader.SizeBytes : 0;
        int sent;
        fixed (byte* bytes = payload)
        {
            IoVector* pieces = stackalloc IoVector[3];
            pieces[0] = new IoVector(_queue.First, _queue.LengthBytes);
            pieces[1] = new IoVector(&frame, headBytes);
            pieces[2] = new IoVector(bytes, length);
            sent = Write(pieces, 3);
        }
        if (sent < 0)
            return 0;
        int before = Math.Min(sent, _queue.LengthBytes);
        Consume(before);
        sent -= before;
        if (sent == 0)
        {
            Refuse();
            return 0;
        }
        if (begins)
        {
            _creditDue -= frame.Credit;
            _counters.FragmentsSent++;
        }
        int taken = sent - headBytes;
        if (taken <= 0)
        {
            // The header has gone in part: the rest of it waits here, with bytes of the payload, for to the caller a fragment is begun when bytes are taken.
            taken = Math.Min(length, FragmentHeadBytes);
            _queue.Append(new ReadOnlySpan<byte>((byte*)&frame + sent, headBytes - sent));
            _queue.Append(payload[..taken]);
            _agent.AddWaiting(this);
        }
        _refused = taken < length;
        if (_refused)
            _agent.AddWaiting(this);
        _fragmentOutLeft = length - taken;
        if (_fragmentOutLeft == 0)
            SendCreditIfDue();
        return taken;
    }

    /// <summary>Sends what waits.</summary>
    /// <returns>Bytes that left.</returns>
    public int Flush()
    {
        EndGathering();
        if (State != TcpPeerState.Open || IsBroken)
            return 0;
        int left = 0;
        while (_queue.LengthBytes > 0)
        {
            IoVector piece = new(_queue.First, _queue.LengthBytes);
            int asked = _queue.LengthBytes, sent = Write(&piece, 1);
            if (sent <= 0)
                break;
            Consume(sent);
            left += sent;
            if (sent < asked)
                break;
        }
        if (_queue.LengthBytes == 0)
            SendCreditIfDue();
        return left;
    }

    /// <summary>The socket has room: what was refused may be tried again.</summary>
    public void ForgetRefusal() => _refused = false;

    /// <summary>Tells the sender what has been consumed here, once it is worth a frame.</summary>
    public void SendCreditIfDue()
    {
        if (_creditDue < _creditThreshold || State != TcpPeerState.Open || IsBroken || _fragmentOutLeft > 0 || _creditQueued || _goodbyeSaid)
            return;
        SendControl(TcpFrameType.Credit);
        _creditQueued = _queue.LengthBytes > 0;
        _counters.CreditFramesSent++;
    }

    /// <summary>The last frame. Not in the midst of a fragment.</summary>
    public void SayGoodbye()
    {
        Debug.Assert(_fragmentOutLeft == 0, "a goodbye in the midst of a fragment would be read as its bytes");
        if (_goodbyeSaid || IsBroken)
            return;
        _goodbyeSaid = true;
        SendControl(TcpFrameType.Goodbye);
    }

    /// <summary>After the goodbye has left: a FIN behind it. Once is enough, more do no harm.</summary>
    public void ShutdownSending() => Linux.ShutdownSending(Descriptor);

    private void SendControl(TcpFrameType type)
    {
        TcpFrameHeader frame = TcpFrameHeader.Of(type, default, 0, TakeCreditDue());
        int sent = 0;
        if (_queue.LengthBytes == 0 && !TryWrite(&frame, default, out sent))
            return;
        if (sent < TcpFrameHeader.SizeBytes)
            EnqueueRest(&frame, default, sent);
    }

    private bool TrySendQueued(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        int total = TcpFrameHeader.SizeBytes + payload.Length;
        if (total > _queue.RoomBytes - ReserveBytes)
        {
            Flush();
            if (total > _queue.RoomBytes - ReserveBytes || IsBroken)
            {
                Refuse();
                return false;
            }
        }
        TcpFrameHeader frame = TcpFrameHeader.Of(TcpFrameType.Message, in header, payload.Length, TakeCreditDue());
        EnqueueRest(&frame, payload, 0);
        CountMessage(payload.Length);
        return true;
    }

    /// <summary>Writes a frame into the socket, as far as it goes.</summary>
    /// <returns>False when the connection is broken.</returns>
    private bool TryWrite(TcpFrameHeader* frame, ReadOnlySpan<byte> payload, out int sent)
    {
        fixed (byte* bytes = payload)
        {
            IoVector* pieces = stackalloc IoVector[2];
            pieces[0] = new IoVector(frame, TcpFrameHeader.SizeBytes);
            pieces[1] = new IoVector(bytes, payload.Length);
            sent = Write(pieces, payload.IsEmpty ? 1 : 2);
        }
        return sent >= 0;
    }

    /// <summary>One gather write.</summary>
    /// <returns>Bytes that went, 0 when there is no room; -1 when the connection is broken.</returns>
    private int Write(IoVector* pieces, int count)
    {
        _counters.SendCalls++;
        nint sent = Linux.Send(Descriptor, pieces, count, out Errno error);
        if (sent >= 0)
        {
            _counters.BytesSent += sent;
            return (int)sent;
        }
        if (error is Errno.EAGAIN or Errno.EINTR or Errno.ENOBUFS or Errno.ENOMEM)
        {
            _counters.SendWouldBlock++;
            return 0;
        }
        Break(error);
        return -1;
    }

    private void EnqueueRest(TcpFrameHeader* frame, ReadOnlySpan<byte> payload, int sent)
    {
        if (sent < TcpFrameHeader.SizeBytes)
            _queue.Append(new ReadOnlySpan<byte>((byte*)frame + sent, TcpFrameHeader.SizeBytes - sent));
        _queue.Append(payload[Math.Max(0, sent - TcpFrameHeader.SizeBytes)..]);
        _agent.AddWaiting(this);
    }

    private void Consume(int bytes)
    {
        _queue.Consume(bytes);
        if (_queue.LengthBytes == 0)
            _creditQueued = false;
    }

    private void CountMessage(int lengthBytes)
    {
        _counters.MessagesSent++;
        if (lengthBytes > FreeBytesMax)
            _creditLeft -= lengthBytes;
    }

    private void Refuse()
    {
        _counters.RefusedForRoom++;
        _refused = true;
        _agent.AddWaiting(this);
    }

    private uint TakeCreditDue()
    {
        uint credit = (uint)Math.Min(_creditDue, uint.MaxValue);
        _creditDue -= credit;
        return credit;
    }
}
