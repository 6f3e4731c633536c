using System.Collections.Generic;

namespace Umps.Transport.Agents.Tcp;

/// <summary>What the tcp agent counts; plain adds by the endpoint's owner.</summary>
internal sealed class TcpCounters
{
    public long MessagesSent, MessagesGathered, FragmentsSent, BytesSent, SendCalls, SendWouldBlock, RefusedForRoom, RefusedForCredit, CreditFramesSent;
    public long MessagesReceived, FragmentsReceived, BytesReceived, ReceiveCalls, ReceiveWouldBlock, EpollCalls;
    public long Connects, Accepts, DoubleConnects, StrangersDropped, PeersLost;

    /// <summary>Names and values, in the order they are shown.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Show(int open, int connecting, int held, long unsentBytes, long creditLeft) =>
    [
        new("connections", open), new("connecting", connecting), new("held payloads", held), new("bytes waiting", unsentBytes), new("credit left", creditLeft),
        new("messages sent", MessagesSent), new("messages gathered", MessagesGathered), new("fragments sent", FragmentsSent), new("bytes sent", BytesSent), new("send calls", SendCalls),
        new("send would block", SendWouldBlock), new("refused for room", RefusedForRoom), new("refused for credit", RefusedForCredit),
        new("credit frames sent", CreditFramesSent),
        new("messages received", MessagesReceived), new("fragments received", FragmentsReceived), new("bytes received", BytesReceived),
        new("receive calls", ReceiveCalls), new("receive would block", ReceiveWouldBlock), new("epoll calls", EpollCalls),
        new("connects", Connects), new("accepts", Accepts), new("double connects", DoubleConnects), new("strangers dropped", StrangersDropped),
        new("peers lost", PeersLost),
    ];
}
