using System.Collections.Generic;

namespace Umps.Transport.Agents.Link;

/// <summary>What a link agent counts; plain adds by the endpoint's owner.</summary>
internal sealed class LinkCounters
{
    public long MessagesSent, FragmentsSent, FramesSent, Retransmissions, Probes, Timeouts, AcksSent, MessagesGathered, RefusedForRoom, RefusedForCredit;
    public long MessagesReceived, FragmentsReceived, FramesReceived, AcksReceived, Early, Duplicates, NotKept;
    public long Corrupt, Forged, OutsideWindow, BeforeHello, Refusals, PeersLost;

    /// <summary>Names and values, in the order they are shown.</summary>
    public List<KeyValuePair<string, long>> Show(int open, int connecting, int underWay, int held, int unitsFree, long creditLeft) =>
    [
        new("peers", open), new("connecting", connecting), new("frames under way", underWay), new("held payloads", held), new("units free", unitsFree), new("credit left", creditLeft),
        new("messages sent", MessagesSent), new("messages gathered", MessagesGathered), new("fragments sent", FragmentsSent), new("frames sent", FramesSent),
        new("retransmissions", Retransmissions), new("probes", Probes), new("timeouts", Timeouts), new("acks sent", AcksSent),
        new("refused for room", RefusedForRoom), new("refused for credit", RefusedForCredit),
        new("messages received", MessagesReceived), new("fragments received", FragmentsReceived), new("frames received", FramesReceived), new("acks received", AcksReceived),
        new("early", Early), new("duplicates", Duplicates), new("early and not kept", NotKept),
        new("corrupt", Corrupt), new("forged", Forged), new("outside the window", OutsideWindow), new("before the hello", BeforeHello),
        new("refusals", Refusals), new("peers lost", PeersLost),
    ];
}
