using System;
using System.Runtime.InteropServices;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Link;

/// <summary>The end: what was sent is acknowledged, then a goodbye, then the carrier closes.</summary>
internal sealed unsafe partial class LinkAgent<TCarrier>
{
    /// <summary>Times that a goodbye is said, and how long each waits for its acknowledgement.</summary>
    private const int Goodbyes = 3;
    private const long GoodbyeMax = 8 * Millisecond;

    private const int LeaveLookMilliseconds = 5;

    private bool _hurries;

    /// <summary>The job is being ended: leaving waits for nobody.</summary>
    public void Hurry() => _hurries = true;

    /// <summary>Waits until the peers have what was sent, bounded by <see cref="LinkOptions.FlushSecondsMax"/>, and says goodbye.</summary>
    /// <remarks>What still arrives is acknowledged and dropped. The goodbye is repeated for a moment only: where it is lost, the network says that nobody listens here any more.</remarks>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Leave(_hurries ? 0 : _carrier.Now + (long)(Options.FlushSecondsMax * 1000 * Millisecond));
        foreach (LinkPeer peer in _contacted)
        {
            if (peer.State == LinkPeerState.Open && RoomOf(peer) > 0)
                AddRecord(peer, LinkRecordType.Goodbye, default, default, 0);
        }
        for (int i = 0; i < Goodbyes && HasUnsent; i++)
        {
            // A peer that does not look has what its kernel had room for: what is sent now may be the last of it.
            long now = _carrier.Now;
            foreach (LinkPeer peer in _contacted)
            {
                peer.Out.Unbind();
                Transmit(peer, now);
            }
            Leave(now + GoodbyeMax);
        }
        CloseAll();
    }

    private void Leave(long deadline)
    {
        var drop = new DropAll();
        Poll(ref drop);
        while (HasUnsent && _carrier.Now < deadline)
        {
            BeforeSleep();
            var carrier = new WatchedDescriptor(_carrier.Descriptor, forRoom: _isBlocked);
            Linux.PollMany(&carrier, 1, TimeSpan.FromMilliseconds(Math.Clamp((DueAt - _carrier.Now) / Millisecond, 1, LeaveLookMilliseconds)));
            Poll(ref drop);
        }
    }

    /// <summary>A peer has said goodbye: it waits a moment to know that it was heard.</summary>
    private void AnswerGoodbye(LinkPeer peer)
    {
        SendAck(peer, flags: 0);
        Flush();
    }

    private void CloseAll()
    {
        _disposed = true;
        _keeper.Dispose();
        foreach (LinkPeer? peer in _peers)
            peer?.FreeMemory();
        _contacted.Clear();
        _owed.Clear();
        _lost.Clear();
        _gathering.Clear();
        Held.Dispose();
        _perMessage?.Dispose();
        NativeMemory.Free(_done);
        _carrier.Dispose();
    }

    private readonly struct DropAll : IFrameHandler
    {
        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
        {
        }

        public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => default;

        public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
        {
        }

        public void OnPeerLost(int peer, string reason)
        {
        }
    }
}
