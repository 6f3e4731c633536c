using Umps.Buffers;
using Umps.Loans;
using Umps.Requests;
using Umps.Transport;

namespace Umps.Matching;

/// <summary>Where the payload of an unexpected message is.</summary>
internal enum PayloadPlace : byte
{
    /// <summary>In <see cref="UnexpectedMessage.Inline"/>.</summary>
    Inline,

    /// <summary>Where it arrived; its units count against the sender's credit.</summary>
    Held,

    /// <summary>With the sender, which asks to be answered.</summary>
    WithSender,

    /// <summary>In the buffer of a send of this rank to itself.</summary>
    WithSelf,

    /// <summary>In a copy, of a send of this rank to itself.</summary>
    Buffered,

    /// <summary>In a loaned block, which has been handed over with the message.</summary>
    Loaned,
}

/// <summary>A message that arrived before its receive. Pooled.</summary>
internal sealed class UnexpectedMessage
{
    /// <summary>Payloads up to this are copied out of the transport at once: holding a unit of 2 KB for less than a cache line would
    /// use up the sender's credit.</summary>
    public const int InlineBytesMax = 64;

    public readonly byte[] Inline = new byte[InlineBytesMax];
    public UnexpectedMessage? Previous, Next;
    public int Source;
    public int Tag;
    public uint TypeHash;
    public nint LengthBytes;
    public PayloadPlace Place;
    public HeldPayload Held;
    public ulong SenderCookie;
    public long SenderPlace;
    public RequestState? SelfSend;
    public NativeBlock Copy;
    public LoanState? Loan;
}
