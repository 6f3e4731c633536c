namespace Umps.Transport.Agents.Link;

/// <summary>What a frame of a link is. Those up to <see cref="Goodbye"/> have a place in the sender's order, and are repeated until they are acknowledged.</summary>
internal enum LinkFrameType : byte
{
    /// <summary>A message, or the beginning of one that takes several frames.</summary>
    Message = 1,

    /// <summary>More of the message that has begun.</summary>
    Continuation = 2,

    /// <summary>A fragment of a long transfer; always whole.</summary>
    Fragment = 3,

    /// <summary>The last frame of an endpoint that leaves in order.</summary>
    Goodbye = 4,

    /// <summary>What both sides say before anything else; repeated until the other has said it.</summary>
    Hello = 5,

    /// <summary>Nothing but what has arrived, and credit.</summary>
    Ack = 6,

    /// <summary>The process lives, whatever its program does. Nothing else in it counts.</summary>
    Heartbeat = 7,
}
