using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Umps.Transport;

/// <summary>The seven calls of UMPS: Initialize, Loop, GetDataBlock, FreeDataBlock, SendBuff, ShowState, Release.</summary>
/// <remarks>
/// For programs that want endpoints and blocks, and neither ranks nor tags. It stands on <see cref="Endpoint"/> alone, as Comm does. One thread at a time, as there.
/// Arrivals are queued in the order of each sender and delivered by <see cref="Loop"/> only; the calls that may wait (<see cref="SendBuff(int, in DataBlock, int)"/>,
/// <see cref="GetDataBlock"/>) take arrivals in meanwhile, and copy them aside before they sleep: two agents that send to each other without end do not block each
/// other, at the cost of memory for what neither has looked at.
/// <code>
/// using UserAgent agent = UserAgent.Initialize(options);
/// DataBlock block = agent.GetDataBlock(64);
/// block.Span.Fill(1);
/// agent.SendBuff(1, block, 64);                                   // the block is the receiver's now
/// agent.Loop((sender, bytes) => bytes.Length > 0, TimeSpan.FromSeconds(5));
/// </code>
/// </remarks>
public sealed class UserAgent : IDisposable
{
    private readonly Endpoint _endpoint;
    private readonly NodeMemory _memory;
    private readonly Queue<QueuedArrival> _arrivals = new();    // held where they arrived
    private readonly Queue<CopiedArrival> _aside = new();       // older ones, copied so that their units could go home
    private readonly HashSet<int> _lost = [];
    private readonly int _peers;
    private ArrivalQueue _queue;
    private byte[] _pieces = [];        // a payload that does not lie in one piece is put together here
    private bool _isInLoop;
    private bool _isReleased;

    private UserAgent(UserAgentOptions options)
    {
        _memory = options.Memory;
        _endpoint = Endpoint.Attach(options.Memory, options.Directory, options.Transport);
        _peers = options.Directory.Peers.Count - 1;
        _queue = new ArrivalQueue(_arrivals, _lost);
    }

    /// <summary>Joins the job's transport.</summary>
    /// <param name="options">The node's memory, which is this agent's from now on, the peers, and the layer's options.</param>
    /// <returns>The agent.</returns>
    /// <exception cref="UmpsException">Those of <see cref="Endpoint.Attach"/>.</exception>
    public static UserAgent Initialize(UserAgentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new UserAgent(options);
    }

    /// <summary>This agent's endpoint id.</summary>
    public int Id => _endpoint.Id;

    /// <summary>The longest message to a peer, in bytes.</summary>
    public int MessageBytesMax(int peer) => _endpoint.EagerBytesMax(peer);

    /// <summary>Delivers what has arrived and what arrives, until the callback says stop.</summary>
    /// <param name="callback">Called for each message in its sender's order. It may send, and take and free blocks; it may not call Loop.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever. Nothing is interrupted: a callback that is running ends first.</param>
    /// <returns>Why it ended. Messages that have arrived beyond the stop are delivered by the next Loop.</returns>
    /// <exception cref="UmpsException">UMPS1020: the job is being ended.</exception>
    public LoopEnd Loop(ArrivalCallback callback, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ObjectDisposedException.ThrowIf(_isReleased, this);
        if (_isInLoop)
            throw new InvalidOperationException("Loop has been called by its own callback. Return from the callback instead; what arrives is delivered by the Loop that runs.");
        _isInLoop = true;
        try
        {
            return LoopUntil(callback, timeout);
        }
        finally
        {
            _isInLoop = false;
        }
    }

    /// <summary>Borrows a run of units to fill and send; waits while peers still have the units.</summary>
    /// <param name="lengthBytes">1 to the longest message. A block of one unit (2 KB) costs a step in a queue; a longer one a search for neighbours.</param>
    /// <returns>The block. It goes back exactly once: by <see cref="SendBuff(int, in DataBlock, int)"/> or <see cref="FreeDataBlock"/>.</returns>
    /// <exception cref="UmpsException">UMPS1021: this program holds the units itself. UMPS1020: the job is being ended.</exception>
    public DataBlock GetDataBlock(int lengthBytes)
    {
        ObjectDisposedException.ThrowIf(_isReleased, this);
        return _endpoint.TryLendBlock(lengthBytes, out DataBlock block) ? block : GetDataBlockSlow(lengthBytes);
    }

    // Apart, for what a lambda captures is made where its method begins.
    private DataBlock GetDataBlockSlow(int lengthBytes)
    {
        DataBlock block = default;
        WaitState wait = _endpoint.BeginWait();
        while (!_endpoint.TryLendBlock(lengthBytes, out block))
        {
            if (!_endpoint.AwaitsUnits)
                throw Throw.NoBlock(Id, lengthBytes);
            LookOrSleep(ref wait, Timeout.InfiniteTimeSpan, () => _endpoint.TryLendBlock(lengthBytes, out block));
            if (!block.IsDefault)
                return block;
        }
        return block;
    }

    /// <summary>Gives a block back that was not sent.</summary>
    /// <exception cref="UmpsException">UMPS1022: it has gone back, or has been sent, already.</exception>
    public void FreeDataBlock(in DataBlock block)
    {
        ObjectDisposedException.ThrowIf(_isReleased, this);
        _endpoint.ReturnBlock(in block);
    }

    /// <summary>Sends a block: within the node its units are handed over, nothing is copied. Waits while there is no room.</summary>
    /// <param name="peer">Endpoint id of the receiver.</param>
    /// <param name="block">From <see cref="GetDataBlock"/>; it has gone back when the call returns, and may not be touched any more.</param>
    /// <param name="lengthBytes">Bytes in use, from its beginning.</param>
    /// <exception cref="UmpsException">UMPS1022: the block has gone back already. UMPS1006, UMPS1007: see <see cref="Endpoint.TrySend"/>. UMPS1020: the job is being ended. UMPS1023: the peer is gone.</exception>
    public void SendBuff(int peer, in DataBlock block, int lengthBytes)
    {
        CheckPeer(peer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)lengthBytes, (uint)block.LengthBytes, nameof(lengthBytes));
        FrameHeader header = default;
        if (!_endpoint.TrySendBlock(peer, in header, in block, lengthBytes))
            SendBuffSlow(peer, block, lengthBytes);
    }

    private void SendBuffSlow(int peer, DataBlock block, int lengthBytes) =>
        SendWhenThereIsRoom(peer, () => _endpoint.TrySendBlock(peer, default, in block, lengthBytes));

    /// <summary>Sends bytes of the program's own memory: they are copied once. Waits while there is no room.</summary>
    /// <param name="peer">Endpoint id of the receiver.</param>
    /// <param name="bytes">May be touched again when the call returns.</param>
    /// <exception cref="UmpsException">As for blocks.</exception>
    public void SendBuff(int peer, ReadOnlySpan<byte> bytes)
    {
        CheckPeer(peer);
        FrameHeader header = default;
        if (!_endpoint.TrySend(peer, in header, bytes))
            SendBuffSlow(peer, bytes);
    }

    private unsafe void SendBuffSlow(int peer, ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length;
        fixed (byte* first = bytes)
        {
            nint address = (nint)first;
            SendWhenThereIsRoom(peer, () => _endpoint.TrySend(peer, default, new ReadOnlySpan<byte>((void*)address, length)));
        }
    }

    /// <summary>Counters and depths of the endpoint below.</summary>
    public TransportState ShowState() => _endpoint.ShowState();

    /// <summary>Leaves. What was sent within the node stays there for its receivers; blocks still held are lost with the agent.</summary>
    public void Release()
    {
        if (_isReleased)
            return;
        _isReleased = true;
        while (_arrivals.TryDequeue(out QueuedArrival arrival))
            arrival.Payload.Release(_endpoint);
        _endpoint.Dispose();
        _memory.Dispose();
    }

    /// <summary>The same as <see cref="Release"/>.</summary>
    public void Dispose() => Release();

    private LoopEnd LoopUntil(ArrivalCallback callback, TimeSpan timeout)
    {
        bool forever = timeout == Timeout.InfiniteTimeSpan;
        long began = forever ? 0 : Stopwatch.GetTimestamp();
        WaitState wait = _endpoint.BeginWait();
        while (true)
        {
            if (!DeliverAll(callback))
                return LoopEnd.Stopped;
            if (_lost.Count == _peers && _peers > 0)
                return LoopEnd.PeersGone;
            TimeSpan left = forever ? Timeout.InfiniteTimeSpan : timeout - Stopwatch.GetElapsedTime(began);
            if (!forever && left <= TimeSpan.Zero)
            {
                _endpoint.Poll(ref _queue);     // a Loop without time looks once
                if (_arrivals.Count == 0)
                    return LoopEnd.TimedOut;
                continue;
            }
            LookOrSleep(ref wait, left, null);
        }
    }

    /// <summary>One step of a wait: a pass, and if it finds nothing a pause, or the way into the Interrupt state and out of it.</summary>
    /// <param name="wait">The wait.</param>
    /// <param name="sleepMax">How long it may sleep.</param>
    /// <param name="attempt">What waits for room: tried once more between arming and sleeping, for a refusal rings from then on. Null: arrivals alone are waited for.</param>
    private void LookOrSleep(ref WaitState wait, TimeSpan sleepMax, Func<bool>? attempt)
    {
        if (_endpoint.AbortWord != 0)
            throw Throw.JobIsEnding(Id, _endpoint.AbortWord);
        if (_endpoint.Poll(ref _queue) > 0)
        {
            _endpoint.Arrived(ref wait);
            return;
        }
        bool closes = _endpoint.Pause(ref wait);
        if (attempt is not null && (closes || _endpoint.NeverSleeps))
            CopyAside();        // polling alone, a wait for room gets no other chance
        if (!closes)
            return;
        _endpoint.Arm(ArmLevel.Anything);
        if (LookArmed(attempt))
        {
            if (_endpoint.LooksAgain(sleepMax))
                _endpoint.Sleep(Endpoint.FirstSleep);
            if (!_endpoint.LooksAgain(sleepMax) || (_endpoint.IsToBeRung && LookArmed(attempt)))
                _endpoint.Sleep(sleepMax);
        }
        _endpoint.Disarm(ref wait);
    }

    /// <returns>True when nothing is there, and there is no room yet.</returns>
    private bool LookArmed(Func<bool>? attempt) => _endpoint.Poll(ref _queue) == 0 && attempt?.Invoke() != true;

    private void SendWhenThereIsRoom(int peer, Func<bool> attempt)
    {
        bool sent = false;
        bool Attempt() => sent = attempt();
        WaitState wait = _endpoint.BeginWait();
        while (!sent)
        {
            CheckPeer(peer);
            LookOrSleep(ref wait, Timeout.InfiniteTimeSpan, Attempt);
            if (!sent)
                Attempt();
        }
    }

    /// <summary>Frees the units of what is queued: the peer may need them back before it can take what this agent sends.</summary>
    private void CopyAside()
    {
        while (_arrivals.TryDequeue(out QueuedArrival arrival))
        {
            var bytes = new byte[arrival.Payload.LengthBytes];
            arrival.Payload.CopyTo(_endpoint, bytes);
            arrival.Payload.Release(_endpoint);
            _aside.Enqueue(new CopiedArrival(arrival.Sender, bytes));
        }
    }

    /// <summary>Delivers what is queued.</summary>
    /// <returns>False when the callback said stop.</returns>
    private bool DeliverAll(ArrivalCallback callback)
    {
        while (true)
        {
            // A callback may wait, and so move what is queued aside: the older queue is looked at each time.
            if (_aside.TryDequeue(out CopiedArrival copy))
            {
                if (!callback(copy.Sender, copy.Bytes))
                    return false;
            }
            else if (!_arrivals.TryDequeue(out QueuedArrival arrival))
            {
                return true;
            }
            else if (!Deliver(in arrival, callback))
            {
                return false;
            }
        }
    }

    private unsafe bool Deliver(in QueuedArrival arrival, ArrivalCallback callback)
    {
        HeldPayload payload = arrival.Payload;
        try
        {
            int length = payload.LengthBytes;
            byte* bytes = payload.Bytes;
            if (bytes != null)
                return callback(arrival.Sender, new ReadOnlySpan<byte>(bytes, length));
            if (_pieces.Length < length)
                _pieces = new byte[Math.Max(4096, length)];
            payload.CopyTo(_endpoint, _pieces.AsSpan(0, length));
            return callback(arrival.Sender, _pieces.AsSpan(0, length));
        }
        finally
        {
            payload.Release(_endpoint);
        }
    }

    private void CheckPeer(int peer)
    {
        ObjectDisposedException.ThrowIf(_isReleased, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)peer, (uint)_peers, nameof(peer));
        if (_lost.Count > 0 && _lost.Contains(peer))
            throw Throw.PeerGone(Id, peer);
    }

    private readonly record struct QueuedArrival(int Sender, HeldPayload Payload);

    private readonly record struct CopiedArrival(int Sender, byte[] Bytes);

    /// <summary>Keeps arrivals where they arrived, for Loop to deliver outside the pass: a callback may then send and wait.</summary>
    private readonly struct ArrivalQueue(Queue<QueuedArrival> arrivals, HashSet<int> lost) : IFrameHandler
    {
        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload) => arrivals.Enqueue(new QueuedArrival(peer, payload.Hold()));

        // No user agent sends fragments; those of another layer are dropped.
        public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => default;

        public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
        {
        }

        public void OnPeerLost(int peer, string reason) => lost.Add(peer);
    }
}
