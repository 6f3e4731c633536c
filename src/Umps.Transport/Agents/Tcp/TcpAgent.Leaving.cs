using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>The end: what is queued goes out, then a goodbye, then the connections close.</summary>
internal sealed unsafe partial class TcpAgent
{
    /// <inheritdoc/>
    public void Hurry()
    {
        // The kernels see to what is queued: that takes no time worth saving.
    }

    /// <summary>Flushes, bounded by <see cref="TcpOptions.FlushSecondsMax"/>, says goodbye and closes.</summary>
    /// <remarks>
    /// A socket closes when the peer's kernel has acknowledged everything (SIOCOUTQ is 0): whatever happens afterwards, a reset included, the peer still reads it.
    /// The peer itself need not run: it may be computing. What still arrives is read and dropped.
    /// </remarks>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        DropFragments();
        CloseListeners();
        long deadline = Stopwatch.GetTimestamp() + (long)(Options.FlushSecondsMax * Stopwatch.Frequency);
        var drop = new DropAll();
        while (!TryFinish() && Stopwatch.GetTimestamp() < deadline)
        {
            BeforeSleep();
            Linux.EpollWait(SocketsFd, _events, EventsMax, 5);      // acknowledgements wake nobody, so it looks again soon
            Poll(ref drop);
            DropFragments();
        }
        CloseAll();
    }

    /// <summary>One step for each peer that is not done.</summary>
    /// <returns>True when nothing is left to wait for.</returns>
    private bool TryFinish()
    {
        bool finished = true;
        foreach (TcpPeer? peer in _peers)
        {
            if (peer is null || peer.State == TcpPeerState.Lost)
                continue;
            if (peer.State == TcpPeerState.Connecting)
            {
                finished &= peer.UnsentBytes == 0;
            }
            else if (!peer.IsBroken && !peer.IsInFragment)
            {
                peer.SayGoodbye();
                if (peer.UnsentBytes == 0)
                    peer.ShutdownSending();
                finished &= peer.UnsentBytes == 0 && Linux.UnacknowledgedBytes(peer.Descriptor) == 0;
            }
        }
        return finished;
    }

    private void CloseListeners()
    {
        foreach (Listener listener in _listeners)
        {
            Linux.CloseSocket(listener.Descriptor);
            if (listener.Slot >= 0)
                FreeSlot(listener.Slot);
        }
        _listeners.Clear();
        for (int i = _handshakes.Count - 1; i >= 0; i--)
        {
            if (_handshakes[i].Stage == HandshakeStage.AwaitClaim)
                Drop(_handshakes[i]);
        }
    }

    private void CloseAll()
    {
        CloseListeners();
        while (_handshakes.Count > 0)
            Drop(_handshakes[^1]);
        foreach (TcpPeer? peer in _peers)
            peer?.Close();
        _open.Clear();
        _waiting.Clear();
        _lost.Clear();
        Held.Dispose();
        NativeMemory.Free(_events);
        if (_timer >= 0)
            Linux.CloseSocket(_timer);
        if (SocketsFd >= 0)
            Linux.CloseSocket(SocketsFd);
        if (SleepFd >= 0)
            Linux.CloseSocket(SleepFd);
        SocketsFd = SleepFd = -1;
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
