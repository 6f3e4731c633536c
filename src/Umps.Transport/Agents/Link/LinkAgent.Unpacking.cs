using System;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Umps.Transport.Agents.Link;

/// <summary>A frame's records, one by one to the layer above.</summary>
internal sealed unsafe partial class LinkAgent<TCarrier>
{
    // What of a frame has not been delivered. A handler that throws leaves some of it behind: the frame counts as arrived, and nobody sends it again.
    private LinkPeer? _restOf;
    private byte* _rest;
    private byte* _restEnd;
    private FrameHeader _words;         // of the record before
    private bool _hasWords;

    private void Deliver<THandler>(LinkPeer peer, byte* frame, int length, ref THandler handler) where THandler : struct, IFrameHandler
    {
        _rest = frame + LinkFrameHeader.SizeBytes;
        _restEnd = frame + length;
        _hasWords = false;
        _restOf = peer;
        DeliverRest(ref handler);
    }

    /// <summary>Delivers what is left of a frame, still where it was: the carrier takes nothing back before it is asked for more.</summary>
    private void DeliverRest<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        LinkPeer peer = _restOf!;
        while (_rest != _restEnd && peer.State == LinkPeerState.Open)
        {
            var head = (LinkRecordHeader*)_rest;
            int left = (int)(_restEnd - _rest);
            var type = (LinkRecordType)(head->TypeAndFlags & ~LinkRecordHeader.SameWords);
            bool isShort = type == LinkRecordType.Continuation || (head->TypeAndFlags & LinkRecordHeader.SameWords) != 0;
            int headBytes = isShort ? LinkRecordHeader.ShortBytes : LinkRecordHeader.SizeBytes;
            if ((left & (LinkRecordHeader.Alignment - 1)) != 0 || left < headBytes || (isShort && !_hasWords && type != LinkRecordType.Continuation))
            {
                Lose(peer, LinkWords.Malformed($"a frame that ends {left} bytes after the beginning of a record"));
                break;
            }
            uint whole = head->LengthBytes;
            int length = (int)Math.Min(whole, (uint)(left - headBytes));
            byte* payload = _rest + headBytes;
            _rest = payload + LinkRecordHeader.Padded(length);
            if (!isShort)
            {
                _words = new FrameHeader { Word0 = head->Word0, Word1 = head->Word1, Word2 = head->Word2 };
                _hasWords = true;
            }
            _words.Kind = head->Kind;
            OnRecord(peer, type, whole, payload, length, ref handler);
        }
        _restOf = null;
    }

    private void OnRecord<THandler>(LinkPeer peer, LinkRecordType type, uint whole, byte* payload, int length, ref THandler handler) where THandler : struct, IFrameHandler
    {
        FrameHeader words = _words;     // a copy: a handler may keep on looking at it
        switch (type)
        {
            case LinkRecordType.Message when peer.MessageBytes == 0 && length == whole:
                DeliverMessage(peer, in words, payload, length, ref handler);
                break;
            case LinkRecordType.Message when peer.MessageBytes == 0 && whole <= MessageBytesMax:
                peer.BeginMessage(in words, (int)whole);
                AddToMessage(peer, payload, length, ref handler);
                break;
            case LinkRecordType.Continuation when peer.MessageBytes > 0 && whole == peer.MessageBytes - peer.MessageHave:
                AddToMessage(peer, payload, length, ref handler);
                break;
            case LinkRecordType.Fragment when length == whole:
                DeliverFragment(peer, in words, payload, length, ref handler);
                break;
            case LinkRecordType.Goodbye:
                AnswerGoodbye(peer);
                Lose(peer, LinkWords.Left);
                break;
            default:
                Lose(peer, LinkWords.Malformed(string.Create(
                    CultureInfo.InvariantCulture, $"a record of type {(int)type}, {length} of {whole} bytes, where {peer.MessageBytes - peer.MessageHave} bytes of a message were missing")));
                break;
        }
    }

    private void AddToMessage<THandler>(LinkPeer peer, byte* payload, int length, ref THandler handler) where THandler : struct, IFrameHandler
    {
        Unsafe.CopyBlockUnaligned(peer.Message + peer.MessageHave, payload, (uint)length);
        peer.MessageHave += length;
        if (peer.MessageHave < peer.MessageBytes)
            return;
        FrameHeader header = peer.MessageHeader;
        int bytes = peer.MessageBytes;
        peer.EndMessage();
        DeliverMessage(peer, in header, peer.Message, bytes, ref handler);
    }

    private void DeliverMessage<THandler>(LinkPeer peer, in FrameHeader header, byte* payload, int length, ref THandler handler) where THandler : struct, IFrameHandler
    {
        Counters.MessagesReceived++;
        _perMessage?.OnReceive(length);
        Held.HeldArrival = false;
        var arrival = new Arrival(Held, payload, length, peer.Id);
        handler.OnMessage(peer.Id, in header, ref arrival);
        if (length > LinkPeer.FreeBytesMax && !Held.HeldArrival)
            peer.EagerConsumed += (uint)length;
    }

    private void DeliverFragment<THandler>(LinkPeer peer, in FrameHeader header, byte* payload, int length, ref THandler handler) where THandler : struct, IFrameHandler
    {
        Counters.FragmentsReceived++;
        NativeSpan target = handler.OnFragmentBegin(peer.Id, in header, length);
        if (!target.IsEmpty)
        {
            if (target.LengthBytes < length)
                throw new InvalidOperationException($"OnFragmentBegin gave {target.LengthBytes} bytes for a fragment of {length}");
            Unsafe.CopyBlockUnaligned((byte*)target.Address, payload, (uint)length);
        }
        handler.OnFragmentEnd(peer.Id, in header, length);
    }
}
