using Umps.Transport;

namespace Umps.Protocols;

/// <summary>Kinds of messages between ranks: <see cref="FrameHeader.Kind"/>. All but plain data steer a transfer, and so may wake a sleeping progress helper.</summary>
internal static class MessageKind
{
    /// <summary>A whole message. Word0 context, Word1 tag, Word2 type hash.</summary>
    public const byte Eager = 1;

    /// <summary>Hands a loaned block over. Words as <see cref="Eager"/>; payload <see cref="LoanTicket"/>.</summary>
    public const byte Loan = 2;

    /// <summary>Announces a message whose payload stays with the sender. Words as <see cref="Eager"/>; payload <see cref="RendezvousRequest"/>.</summary>
    public const byte RendezvousRequest = 1 | FrameHeader.ControlBit;

    /// <summary>Asks the sender for the fragments. Word0 the sender's cookie; payload <see cref="ClearToSend"/>.</summary>
    public const byte ClearToSend = 2 | FrameHeader.ControlBit;

    /// <summary>The receiver needs nothing more of the sender's buffer. Word0 the sender's cookie.</summary>
    public const byte Done = 3 | FrameHeader.ControlBit;

    /// <summary>A part of the payload. Word0 the receiver's cookie; parts come in order.</summary>
    public const byte Fragment = 4 | FrameHeader.ControlBit;
}
