using System;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>The receiving half: one read takes what is there, messages are delivered out of the receive buffer, fragments read into their place.</summary>
/// <remarks>
/// While a fragment arrives the receive buffer is empty, and a read goes to the fragment's place and, past its end, to room for one header only: the next fragment's
/// bytes then go straight to their place too. Where that header was not there yet, the next read asks for it alone: with more, the reader that has caught up would take
/// most of the next fragment into the buffer and copy it once more.
/// In a stream of fragments, a reader that has caught up rests for most of the time that a segment takes, or until epoll tells of an arrival: each read takes the socket's lock,
/// and whoever sends over loopback or a virtual cable waits for it, on its own processor, with every segment. A single long message is read as it comes: there the reader's time counts, not the sender's.
/// </remarks>
internal sealed unsafe partial class TcpPeer
{
    /// <summary>What one pass reads from one peer before the others have their turn.</summary>
    private const int PassBytesMax = 2 * 1024 * 1024;

    /// <summary>Longer messages are no messages: EagerBytesMax ends here on every endpoint.</summary>
    private const int MessageBytesMax = 16 * 1024 * 1024;

    /// <summary>With less of a fragment to come, its end is waited for without a rest: a segment is no longer.</summary>
    private const int RestBytesMin = 64 * 1024;

    /// <summary>Fragments of so many bytes, and no message between, are a stream.</summary>
    private const int StreamBytesMin = 2 * 1024 * 1024;

    /// <summary>Five microseconds; a segment of 64 KiB takes seven or more.</summary>
    private static readonly long s_restTicks = Stopwatch.Frequency * 5 / 1_000_000;

    private readonly long _creditThreshold;
    private long _creditDue;            // consumed here, and the sender not told
    private byte* _in;
    private int _inCapacity, _inHead, _inTail;
    private FrameHeader _fragment;      // the fragment that arrives
    private int _fragmentBytes;
    private byte* _target;              // where its next byte goes; null: dropped
    private int _targetLeft;
    private bool _fragmentAbandoned;    // its end is not told either
    private long _streamBytes;          // of fragments since the last message
    private long _restUntil;            // 0: does not rest
    private bool _afterFragment;        // the last frame was one: another may follow

    /// <summary>More is not worth a look yet. A pass that was told of an arrival, by epoll, looks all the same.</summary>
    public bool IsResting => _restUntil != 0 && Stopwatch.GetTimestamp() < _restUntil;

    /// <summary>Reads and delivers what has arrived.</summary>
    /// <returns>How much was done.</returns>
    public int Receive<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        IoVector* pieces = stackalloc IoVector[2];
        _restUntil = 0;
        int done = _inHead == 0 ? 0 : Parse(ref handler);      // a frame that has begun; whole ones only when the handler threw
        for (int budget = PassBytesMax; State == TcpPeerState.Open && budget > 0;)
        {
            int count = 1, asked;
            if (_targetLeft > 0 && _target != null)
            {
                pieces[0] = new IoVector(_target, _targetLeft);
                pieces[1] = new IoVector(_in, TcpFrameHeader.SizeBytes);
                asked = _targetLeft + TcpFrameHeader.SizeBytes;
                count = 2;
            }
            else
            {
                asked = _afterFragment && _inTail == 0 ? TcpFrameHeader.SizeBytes : _inCapacity - _inTail;
                pieces[0] = new IoVector(_in + _inTail, asked);
            }

            _counters.ReceiveCalls++;
            int got = (int)Linux.Receive(Descriptor, pieces, count, out Errno error);
            if (got <= 0)
            {
                if (error == Errno.EINTR)
                    continue;
                if (error == Errno.EAGAIN)
                {
                    _counters.ReceiveWouldBlock++;
                    RestInFragment();
                }
                else
                {
                    done += OnEnd(error);
                }
                break;
            }
            _counters.BytesReceived += got;
            done += 1 + Take(got, count == 2, ref handler);
            budget -= got;
            if (got < asked)
            {
                RestInFragment();
                break;
            }
        }
        SendCreditIfDue();
        return done;
    }

    /// <summary>Payload that was held has been released.</summary>
    public void ReturnCredit(int bytes)
    {
        if (bytes > FreeBytesMax && State == TcpPeerState.Open)
        {
            _creditDue += bytes;
            SendCreditIfDue();
        }
    }

    /// <summary>The memory of a fragment that arrives is touched no more; the rest of its bytes is dropped.</summary>
    public void DropFragment()
    {
        _target = null;
        _fragmentAbandoned = _targetLeft > 0;
    }

    private void RestInFragment()
    {
        if (_target != null && _targetLeft > RestBytesMin && _streamBytes > StreamBytesMin)
            _restUntil = Stopwatch.GetTimestamp() + s_restTicks;
    }

    private int Take<THandler>(int got, bool intoTarget, ref THandler handler) where THandler : struct, IFrameHandler
    {
        if (!intoTarget)
        {
            _inTail += got;
            return Parse(ref handler);
        }
        int bytes = Math.Min(got, _targetLeft);
        _inTail = got - bytes;      // the buffer was empty
        Advance(bytes, ref handler);
        return Parse(ref handler);
    }

    private int Parse<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        int done = 0, need = TcpFrameHeader.SizeBytes;
        while (State == TcpPeerState.Open)
        {
            int have = _inTail - _inHead;
            if (_targetLeft > 0)
            {
                if (have == 0)
                    break;
                int bytes = Math.Min(have, _targetLeft);
                if (_target != null)
                    Unsafe.CopyBlockUnaligned(_target, _in + _inHead, (uint)bytes);
                _inHead += bytes;
                Advance(bytes, ref handler);
                continue;
            }
            need = TcpFrameHeader.SizeBytes;
            if (have < need)
                break;
            TcpFrameHeader frame = Unsafe.ReadUnaligned<TcpFrameHeader>(_in + _inHead);
            if (!Check(in frame))
                return done + 1;
            if (frame.Type == TcpFrameType.Message)
            {
                need += (int)frame.LengthBytes;
                if (have < need)
                    break;
            }
            _inHead += need;
            _creditLeft += frame.Credit;
            done++;
            _afterFragment = frame.Type == TcpFrameType.Fragment;
            Deliver(in frame, ref handler);
        }
        if (State == TcpPeerState.Open)
            MakeRoom(need);
        return done;
    }

    private void Deliver<THandler>(in TcpFrameHeader frame, ref THandler handler) where THandler : struct, IFrameHandler
    {
        int length = (int)frame.LengthBytes;
        switch (frame.Type)
        {
            case TcpFrameType.Message:
                _counters.MessagesReceived++;
                _streamBytes = 0;
                DeliverMessage(frame.ToFrameHeader(), _in + _inHead - length, length, ref handler);
                break;
            case TcpFrameType.Fragment:
                _counters.FragmentsReceived++;
                _fragment = frame.ToFrameHeader();
                _fragmentBytes = _targetLeft = length;
                _streamBytes += length;
                NativeSpan target = handler.OnFragmentBegin(Id, in _fragment, length);
                _target = target.IsEmpty ? null : (byte*)target.Address;
                if (!target.IsEmpty && target.LengthBytes < length)
                    throw new InvalidOperationException($"OnFragmentBegin gave {target.LengthBytes} bytes for a fragment of {length}");
                break;
            case TcpFrameType.Goodbye:
                Lose(Words.Left);
                break;
        }
    }

    private void DeliverMessage<THandler>(in FrameHeader header, byte* payload, int length, ref THandler handler) where THandler : struct, IFrameHandler
    {
        HeldPayloads held = _agent.Held;
        held.HeldArrival = false;
        var arrival = new Arrival(held, payload, length, Id);
        handler.OnMessage(Id, in header, ref arrival);
        if (length > FreeBytesMax && !held.HeldArrival)
            _creditDue += length;
    }

    private void Advance<THandler>(int bytes, ref THandler handler) where THandler : struct, IFrameHandler
    {
        _targetLeft -= bytes;
        if (_target != null)
            _target += bytes;
        if (_targetLeft > 0)
            return;
        _target = null;
        if (_fragmentAbandoned)
            _fragmentAbandoned = false;
        else
            handler.OnFragmentEnd(Id, in _fragment, _fragmentBytes);
    }

    private bool Check(in TcpFrameHeader frame)
    {
        if (frame.Version == TcpFrameHeader.LayoutVersion && frame.LengthBytes <= frame.Type switch
        {
            TcpFrameType.Message => MessageBytesMax,
            TcpFrameType.Fragment => int.MaxValue,
            TcpFrameType.Credit or TcpFrameType.Goodbye => 0UL,
            _ => 0UL,
        } && frame.Type is >= TcpFrameType.Message and <= TcpFrameType.Goodbye && (frame.Type != TcpFrameType.Fragment || frame.LengthBytes > 0))
            return true;
        Lose(Words.Malformed(string.Create(
            CultureInfo.InvariantCulture, $"a frame of version {frame.Version}, type {(int)frame.Type}, {frame.LengthBytes} bytes")));
        return false;
    }

    /// <summary>Room for the rest of a frame that has begun: where it is, or else at the front; the buffer grows for a peer whose messages may be longer than this endpoint's.</summary>
    private void MakeRoom(int need)
    {
        int have = _inTail - _inHead;
        if (have > 0 && _inHead + need <= _inCapacity && _inTail <= _inCapacity / 2)
            return;             // moving it each time would be one more copy of every message that comes in two reads
        if (_inHead > 0 && have > 0)
            Buffer.MemoryCopy(_in + _inHead, _in, _inCapacity, have);
        _inHead = 0;
        _inTail = have;
        if (need <= _inCapacity)
            return;
        _in = (byte*)NativeMemory.Realloc(_in, (nuint)need);
        _inCapacity = need;
    }

    private int OnEnd(Errno error)
    {
        Lose(_brokenReason ?? (error == Errno.None ? Words.Ended : Words.Broken("recv", error)));
        return 1;
    }
}
