using System;
using System.Runtime.InteropServices;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>Where a peer stands.</summary>
internal enum TcpPeerState
{
    /// <summary>No connection yet: what is sent waits in the send buffer.</summary>
    Connecting,

    /// <summary>Frames flow.</summary>
    Open,

    /// <summary>Gone for good; told once.</summary>
    Lost,
}

/// <summary>One contacted peer: its connection, what waits for it, what is arriving from it. Made at first contact, either side's.</summary>
/// <remarks>
/// Memory: the receive buffer (some of the longest messages) while the connection is open, and the send buffer from the first burst, or the first time that the socket was full.
/// TcpPeer.Send.cs and TcpPeer.Receive.cs are its two halves; they meet only in the credit, which each header brings back.
/// </remarks>
internal sealed unsafe partial class TcpPeer
{
    /// <summary>Payloads up to this need no credit: envelopes and answers always pass, and the layer above copies them out at once.</summary>
    public const int FreeBytesMax = 40;

    /// <summary>Of the longest messages, what the receive buffer holds: half a megabyte by default, which fits a core's own cache.</summary>
    private const int ReceiveMessages = 8;

    private readonly TcpAgent _agent;
    private readonly TcpOptions _options;
    private readonly TcpCounters _counters;
    private string? _brokenReason;      // a write has failed; what the peer had sent is still read

    public TcpPeer(TcpAgent agent, int id)
    {
        _agent = agent;
        _options = agent.Options;
        _counters = agent.Counters;
        _queue = new SendBuffer(_options.SendBufferBytes);
        _creditLeft = _options.EagerCreditBytes;        // until the peer says its own
        _creditThreshold = Math.Max(1, _options.EagerCreditBytes / 4);
        Id = id;
    }

    /// <summary>Endpoint id.</summary>
    public int Id { get; }

    public TcpPeerState State { get; private set; }

    /// <summary>The socket; -1 while there is none.</summary>
    public int Descriptor { get; private set; } = -1;

    /// <summary>Its place in the agent's table of watched descriptors.</summary>
    public int Slot { get; private set; } = -1;

    /// <summary>This side's attempts to connect; null when the peer came first, and once connected.</summary>
    public Dialer? Dialer { get; set; }

    /// <summary>The peer's own connection, proved, which waits until this side's attempt is decided.</summary>
    public Handshake? Parked { get; set; }

    /// <summary>Why it is lost.</summary>
    public string LostReason { get; private set; } = "";

    /// <summary>The handshake is done: frames may flow, those that waited first.</summary>
    public void Open(int descriptor, int slot, int creditBytes)
    {
        Descriptor = descriptor;
        Slot = slot;
        State = TcpPeerState.Open;
        Dialer = null;
        _creditLeft += creditBytes - _options.EagerCreditBytes;
        _inCapacity = ReceiveMessages * (_options.EagerBytesMax + TcpFrameHeader.SizeBytes);
        _in = (byte*)NativeMemory.Alloc((nuint)_inCapacity);
        Flush();
    }

    /// <summary>Gone: closes the socket and drops what waits. The agent tells the layer above.</summary>
    public void Lose(string reason)
    {
        if (State == TcpPeerState.Lost)
            return;
        LostReason = reason;
        Close();
        _agent.OnLost(this);
    }

    /// <summary>Closes the socket and frees the memory.</summary>
    public void Close()
    {
        State = TcpPeerState.Lost;
        if (Descriptor >= 0)
        {
            Linux.CloseSocket(Descriptor);
            _agent.FreeSlot(Slot);
        }
        Descriptor = Slot = -1;
        Dialer = null;
        EndGathering();
        _queue.Free();
        _fragmentOutLeft = 0;
        _refused = false;
        _targetLeft = 0;
        NativeMemory.Free(_in);
        _in = null;
        _inHead = _inTail = _inCapacity = 0;
    }

    /// <summary>A write has failed: no more goes out, and the reader finds the end behind what the peer had sent.</summary>
    private void Break(Errno error)
    {
        _brokenReason ??= Words.Broken("sendmsg", error);
        EndGathering();
        _queue.Free();
        _fragmentOutLeft = 0;
        Linux.ShutdownBoth(Descriptor);     // whatever the error was: what has arrived can still be read, and then the end
        _agent.AddWaiting(this);
    }
}
