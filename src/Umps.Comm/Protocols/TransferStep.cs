namespace Umps.Protocols;

/// <summary>Where a transfer stands between begin and done.</summary>
internal enum TransferStep : byte
{
    /// <summary>Not begun.</summary>
    None = 0,

    /// <summary>A receive in the posted queue: the only step in which it can be cancelled.</summary>
    Posted,

    /// <summary>A send, or an answer, that waits in its peer's queue for room in the transport.</summary>
    Queued,

    /// <summary>A send that has announced itself, and waits for ClearToSend or Done.</summary>
    Announced,

    /// <summary>A send whose fragments are going out.</summary>
    Pushing,

    /// <summary>A receive that copies from the sender's memory.</summary>
    Pulling,

    /// <summary>A receive that has asked for fragments, or is about to.</summary>
    Receiving,

    /// <summary>A control message: Done.</summary>
    AnswerDone,
}
