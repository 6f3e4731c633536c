namespace Umps.Transport.Agents.Link;

/// <summary>What a record in a frame is.</summary>
internal enum LinkRecordType : byte
{
    /// <summary>A message, or the beginning of one that takes several frames.</summary>
    Message = 1,

    /// <summary>More of the message that has begun.</summary>
    Continuation = 2,

    /// <summary>A fragment of a long transfer; always whole.</summary>
    Fragment = 3,

    /// <summary>The last of an endpoint that leaves in order.</summary>
    Goodbye = 4,
}
