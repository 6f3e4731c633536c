using System;
using System.Collections.Generic;

namespace Umps.Transport.Agents.Link;

/// <summary>What carries frames between endpoints and promises nothing: they may be lost, doubled, overtake each other and arrive changed.</summary>
/// <remarks>
/// Implemented by structs, so that <see cref="LinkAgent{TCarrier}"/> is compiled for each and its calls are direct. One thread at a time is inside; only
/// <see cref="SendAtOnce"/> may be called beside it.
/// The carrier owns the memory of the frames, so that on AF_XDP it can be the UMEM: units to send are taken and filled in place (what a carrier puts before a frame, it puts into
/// headroom of its own), frames that arrived are read in place, and kept there if they came too early.
/// <code>
/// TakeUnit → UnitBytes, fill → TryEnqueue (again for each retransmission) → Flush → ReturnUnit        txFreeQ → txBusyQ
/// Receive → Frame(0 … n - 1) → [TryKeep → ReturnKept] → the next Receive takes the others back        rxBusyQ → rxFreeQ
/// </code>
/// </remarks>
internal unsafe interface IFrameCarrier : IDisposable
{
    /// <summary>The agent that it makes of the link.</summary>
    AgentKind Kind { get; }

    /// <summary>Where peers reach it: what a rank puts into the wire-up.</summary>
    string Address { get; }

    /// <summary>The longest frame that is sent. Those that arrive may be as long as <see cref="LinkFrameHeader.FrameBytesMax"/>.</summary>
    int FrameBytesMax { get; }

    /// <summary>The longest that is sent to a peer, from when it is known where it is: what stands before a frame may be longer than to others.</summary>
    int FrameBytesMaxTo(int peer);

    /// <summary>Frames that may have arrived and not been looked at before some are lost.</summary>
    int ReceiveFramesMax { get; }

    /// <summary>A descriptor that polls readable when there are frames.</summary>
    int Descriptor { get; }

    /// <summary>Nanoseconds of a clock that never goes back. From any thread.</summary>
    long Now { get; }

    /// <summary>Units to send from, in all.</summary>
    int Units { get; }

    /// <summary>Units that <see cref="TakeUnit"/> can still give.</summary>
    int FreeUnits { get; }

    /// <summary>Says where a peer may be reached; before anything is sent to it.</summary>
    /// <param name="peer">Endpoint id.</param>
    /// <param name="addresses">What the peer's carrier said of itself (<see cref="Address"/>).</param>
    /// <returns>False when that is no list of addresses.</returns>
    bool TryAddPeer(int peer, string addresses);

    /// <summary>From now on the peer is where this frame came from.</summary>
    void Learn(int peer, int frame);

    /// <summary>A unit to fill; <see cref="FreeUnits"/> is not 0.</summary>
    int TakeUnit();

    /// <summary>The unit's memory: room for a frame of <see cref="FrameBytesMax"/>.</summary>
    byte* UnitBytes(int unit);

    /// <summary>The unit is not needed any more; if it still waits to be sent, it is free after that.</summary>
    void ReturnUnit(int unit);

    /// <summary>True while the unit waits to be sent and must not be written to.</summary>
    bool IsBusy(int unit);

    /// <summary>Puts a frame among those that the next <see cref="Flush"/> sends; flushes itself when there are many.</summary>
    /// <returns>False when there is no room now.</returns>
    bool TryEnqueue(int peer, int unit, int lengthBytes);

    /// <summary>Sends what was enqueued.</summary>
    /// <returns>False when some found no room: they are sent by a later flush.</returns>
    bool Flush();

    /// <summary>Sends one short frame now, if it goes; to all addresses of a peer as long as it is not known which is right. From any thread.</summary>
    void SendAtOnce(int peer, ReadOnlySpan<byte> frame);

    /// <summary>Takes the next frames that arrived. Those of the call before, unless kept, are gone.</summary>
    /// <returns>How many; 0 when there is none.</returns>
    int Receive();

    /// <summary>When <see cref="Receive"/> returns fewer, no more are there.</summary>
    int ReceiveMax { get; }

    /// <summary>One of the frames that the last <see cref="Receive"/> took.</summary>
    /// <param name="index">Which.</param>
    /// <param name="lengthBytes">Its length.</param>
    byte* Frame(int index, out int lengthBytes);

    /// <summary>Keeps a frame until <see cref="ReturnKept"/>: where it is, or where <see cref="Frame"/> says from now on.</summary>
    /// <returns>False when no more can be kept.</returns>
    bool TryKeep(int index, out int token);

    /// <summary>A frame that was kept is not needed any more.</summary>
    void ReturnKept(int token);

    /// <summary>Has the network said that nobody listens where a peer should be?</summary>
    /// <returns>True for each time it said so, and which peer.</returns>
    bool TryTakeRefusal(out int peer);

    /// <summary>The owner goes to sleep on <see cref="Descriptor"/>: what would keep it readable for nothing is cleared away.</summary>
    /// <param name="hasFailed">The descriptor may show an error: an earlier sleep has met one, or nobody has looked.</param>
    void BeforeSleep(bool hasFailed);

    /// <summary>Adds what the carrier itself counts, and what the kernel counts for it, behind the link's counters.</summary>
    void AddCounters(List<KeyValuePair<string, long>> counters);
}
