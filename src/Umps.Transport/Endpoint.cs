using System;

namespace Umps.Transport;

/// <summary>One rank's end of the transport: what the User Agent and Comm both stand on.</summary>
/// <remarks>
/// Not thread-safe: the caller lets one thread in at a time (Comm's progress gate); only <see cref="RingOwnDoorbell"/>,
/// <see cref="Abort"/> and the reading of counters may be called from any thread, and <see cref="Sleep"/> is entered with the gate left.
/// </remarks>
public sealed partial class Endpoint : IDisposable
{
    /// <summary>Joins the job's transport.</summary>
    /// <param name="memory">The node's memory, made by the kernel agent.</param>
    /// <param name="directory">Who the peers are and where.</param>
    /// <param name="options">Options of the layer.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="UmpsException">The memory has another layout version, or a resource is missing.</exception>
    public static Endpoint Attach(NodeMemory memory, PeerDirectory directory, TransportOptions options) => throw new NotImplementedException();

    /// <summary>This endpoint's id, given at wire-up.</summary>
    public int Id => throw new NotImplementedException();

    /// <summary>Where tcp peers reach this endpoint: "address:port" separated by ';'. What a rank puts into the wire-up; empty without the tcp agent.</summary>
    public string TcpAddress => throw new NotImplementedException();

    /// <summary>Which agent carries the traffic with a peer.</summary>
    public AgentKind AgentOf(int peer) => throw new NotImplementedException();

    /// <summary>The longest payload <see cref="TrySend"/> takes towards this peer.</summary>
    public int EagerBytesMax(int peer) => throw new NotImplementedException();

    /// <summary>Sends a message whole: inline in a ring slot, or copied into units, or written to a socket.</summary>
    /// <returns>False when there is no slot, unit or credit now; nothing was sent. The caller polls and tries again, or sends a
    /// message without payload instead: those are refused only when the ring itself is full.</returns>
    public bool TrySend(int peer, in FrameHeader header, ReadOnlySpan<byte> payload) => throw new NotImplementedException();

    /// <summary>Sends as much of a long transfer as goes now: one fragment, or the continuation of the one begun before.</summary>
    /// <param name="peer">Endpoint id of the receiver.</param>
    /// <param name="header">The fragment's header.</param>
    /// <param name="payload">All bytes still to send of the transfer; the agent cuts fragments of its own size.</param>
    /// <returns>Bytes taken, 0 when none can go now. While a fragment is begun and not finished, <see cref="TrySend"/> to this peer
    /// is refused; the caller goes on with the same transfer.</returns>
    public int TrySendFragment(int peer, in FrameHeader header, ReadOnlySpan<byte> payload) => throw new NotImplementedException();

    /// <summary>One pass over every active peer: delivers what arrived, sends what waits in the agents.</summary>
    /// <returns>How much was done: 0 tells the caller that the pass found nothing.</returns>
    public int Poll<THandler>(ref THandler handler) where THandler : struct, IFrameHandler => throw new NotImplementedException();

    /// <summary>True when the memory of this peer's process can be read and written directly (process_vm_readv, or the same process).</summary>
    public bool CanCopyAcross(int peer) => throw new NotImplementedException();

    /// <summary>Reads from the peer's memory.</summary>
    /// <returns>Errno.None when all was copied; EPERM, ESRCH or EFAULT otherwise.</returns>
    internal Interop.Errno CopyFrom(int peer, nint remoteAddress, NativeSpan destination) => throw new NotImplementedException();

    // ── the wait: semi-polling ──────────────────────────────────────────────────────────────────────────────────────
    //   var wait = endpoint.BeginWait();
    //   while (!done) {
    //       if (endpoint.Poll(ref handler) > 0) { endpoint.Arrived(ref wait); continue; }
    //       if (!endpoint.Pause(ref wait)) continue;               // polling: spun or yielded; false
    //       endpoint.Arm(ArmLevel.Anything);                       // window closed: Interrupt state
    //       if (endpoint.Poll(ref handler) == 0 && !done) { leave gate; endpoint.Sleep(timeout); enter gate; }
    //       endpoint.Disarm(ref wait);
    //   }

    /// <summary>Begins a wait in the Polling state.</summary>
    public WaitState BeginWait() => throw new NotImplementedException();

    /// <summary>Tells the state machine that a pass found something: the window is renewed.</summary>
    public void Arrived(ref WaitState wait) => throw new NotImplementedException();

    /// <summary>An empty pass: spins or yields for the next one, or, when the window has closed, tells to arm.</summary>
    /// <returns>True when the caller should arm, look once more, and sleep.</returns>
    public bool Pause(ref WaitState wait) => throw new NotImplementedException();

    /// <summary>Interrupt state: senders ring from now on for what the level covers. Has a full fence; the caller polls once more after it.</summary>
    public void Arm(ArmLevel level) => throw new NotImplementedException();

    /// <summary>Sleeps in the kernel until a doorbell, a socket, or the timeout. Entered with the gate left; may return at any time.</summary>
    public void Sleep(TimeSpan timeout) => throw new NotImplementedException();

    /// <summary>Leaves the Interrupt state.</summary>
    public void Disarm(ref WaitState wait) => throw new NotImplementedException();

    /// <summary>Wakes whoever sleeps on this endpoint; from any thread of this process.</summary>
    public void RingOwnDoorbell() => throw new NotImplementedException();

    /// <summary>Non-zero once the job is being ended: the reason given to <see cref="Abort"/>. Looked at by every sleep.</summary>
    public int AbortWord => throw new NotImplementedException();

    /// <summary>Sets the abort word of this node and wakes every rank of it.</summary>
    public void Abort(int reason) => throw new NotImplementedException();

    /// <summary>Counters and depths, read without disturbing the endpoint.</summary>
    public TransportState ShowState() => throw new NotImplementedException();

    /// <summary>Leaves: closes connections after what is queued has gone (bounded by the option's time), gives units back.</summary>
    public void Dispose() => throw new NotImplementedException();
}
