using System.Collections.Generic;

namespace Umps.Transport.Agents.Shm;

/// <summary>What the shm agent counts; plain adds by its owner.</summary>
internal struct ShmCounters
{
    /// <summary>Messages sent beside their header in one slot, in several, in units, and fragments.</summary>
    public long SentInline, SentWide, SentInUnits, SentFragments;

    /// <summary>Payload bytes sent in units, and copied from peers' memory.</summary>
    public long SentUnitBytes, CopiedAcrossBytes;

    /// <summary>Payload bytes copied into peers' memory: this sender's share of a transfer that both copy.</summary>
    public long CopiedForPeerBytes;

    /// <summary>Messages and fragments received.</summary>
    public long Received;

    /// <summary>Sends refused because the ring was full, because the pair's credit was used up, because all units were out.</summary>
    public long RefusedBySlots, RefusedByCredit, RefusedByUnits;

    /// <summary>Senders told that there is room again.</summary>
    public long RoomAnswers;

    /// <summary>Payloads held past their arrival.</summary>
    public long Held;

    /// <summary>As shown.</summary>
    public readonly List<KeyValuePair<string, long>> ToList() =>
    [
        new("sent-inline", SentInline), new("sent-wide", SentWide), new("sent-in-units", SentInUnits), new("sent-fragments", SentFragments),
        new("sent-unit-bytes", SentUnitBytes), new("copied-across-bytes", CopiedAcrossBytes), new("copied-for-peer-bytes", CopiedForPeerBytes),
        new("received", Received),
        new("refused-by-slots", RefusedBySlots), new("refused-by-credit", RefusedByCredit), new("refused-by-units", RefusedByUnits),
        new("room-answers", RoomAnswers), new("held", Held),
    ];
}
