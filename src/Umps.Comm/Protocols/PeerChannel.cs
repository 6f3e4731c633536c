using System;
using Umps.Requests;

namespace Umps.Protocols;

/// <summary>What goes out to one peer: its protocols, what waits for room, the transfers that are being pushed. Made at first contact.</summary>
internal sealed class PeerChannel(int endpoint, int eagerBytesMax, bool isOnNode)
{
    private RequestState? _firstQueued, _lastQueued;
    private RequestState? _firstPush, _lastPush;

    /// <summary>Endpoint id of the peer.</summary>
    public int Endpoint { get; } = endpoint;

    /// <summary>It may copy out of this rank's memory, and this rank may help.</summary>
    public bool IsOnNode { get; } = isOnNode;

    /// <summary>Messages announced to it that it has not answered.</summary>
    public int Announced { get; set; }

    /// <summary>False once a copy from this peer's memory has failed.</summary>
    public bool MayPull { get; private set; } = true;

    /// <summary>Messages up to this may go at once; -1 towards oneself and a lost peer, so that one comparison leads off the fast path.</summary>
    public int EagerBytesMax { get; private set; } = eagerBytesMax;

    /// <summary>Messages up to this go at once without another question; what is longer is asked for; -1 as above.</summary>
    public int MiddlingBytesMin { get; private set; } = isOnNode ? Math.Min(eagerBytesMax, SendEngine.MiddlingBytesMin) : eagerBytesMax;

    /// <summary>Messages up to this may take the shortest path; -1 where there is none.</summary>
    public int ShortBytesMax { get; private set; } = isOnNode ? Math.Min(eagerBytesMax, SendEngine.ShortBytesMax) : -1;

    /// <summary>Why the peer is gone; null while it is there.</summary>
    public string? LostReason { get; private set; }

    /// <summary>True while it is in the list of channels with work.</summary>
    public bool IsActive { get; set; }

    /// <summary>The oldest message that waits for room: everything later waits behind it (non-overtaking).</summary>
    public RequestState? FirstQueued => _firstQueued;

    /// <summary>The transfer whose fragments go now: one at a time, for the transport may be in the midst of its fragment.</summary>
    public RequestState? FirstPush => _firstPush;

    /// <summary>The receiver could not copy from this peer's memory after all: from now on the sender pushes.</summary>
    public void ForbidPull() => MayPull = false;

    /// <summary>The peer is gone.</summary>
    public void Lose(string reason)
    {
        LostReason = reason;
        EagerBytesMax = -1;
        MiddlingBytesMin = -1;
        ShortBytesMax = -1;
        _firstQueued = _lastQueued = _firstPush = _lastPush = null;
    }

    public void Enqueue(RequestState message)
    {
        message.NextOut = null;
        if (_lastQueued is null)
            _firstQueued = message;
        else
            _lastQueued.NextOut = message;
        _lastQueued = message;
    }

    public void Dequeue()
    {
        RequestState message = _firstQueued!;
        _firstQueued = message.NextOut;
        if (_firstQueued is null)
            _lastQueued = null;
        message.NextOut = null;
    }

    public void EnqueuePush(RequestState send)
    {
        send.NextOut = null;
        if (_lastPush is null)
            _firstPush = send;
        else
            _lastPush.NextOut = send;
        _lastPush = send;
    }

    public void DequeuePush()
    {
        RequestState send = _firstPush!;
        _firstPush = send.NextOut;
        if (_firstPush is null)
            _lastPush = null;
        send.NextOut = null;
    }
}
