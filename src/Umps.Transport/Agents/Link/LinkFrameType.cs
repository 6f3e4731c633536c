namespace Umps.Transport.Agents.Link;

/// <summary>What a frame of a link is.</summary>
internal enum LinkFrameType : byte
{
    /// <summary>Messages and parts of them: it has a place in the sender's order, and is repeated until it is acknowledged.</summary>
    Records = 1,

    /// <summary>What both sides say before anything else; repeated until the other has said it.</summary>
    Hello = 5,

    /// <summary>Nothing but what has arrived, and credit.</summary>
    Ack = 6,

    /// <summary>The process lives, whatever its program does. Nothing else in it counts.</summary>
    Heartbeat = 7,
}
