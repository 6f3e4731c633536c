using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Link;

/// <summary>Where a peer of a link stands.</summary>
internal enum LinkPeerState
{
    /// <summary>It has said nothing yet: what is sent waits here.</summary>
    Connecting,

    /// <summary>Frames flow.</summary>
    Open,

    /// <summary>Gone for good; told once.</summary>
    Lost,
}

/// <summary>One contacted peer of a link agent: its two windows, credit, and what it owes and is owed. Made at first contact, either side's.</summary>
/// <remarks>Memory: 12 KiB for the windows, and room for its longest message from the first that takes several frames.</remarks>
internal sealed unsafe class LinkPeer(int id, ulong token, int creditBytes)
{
    /// <summary>Payloads up to this need no credit: envelopes and answers always pass, and the layer above copies them out at once.</summary>
    public const int FreeBytesMax = 40;

    /// <summary>Set after all that it stands for, and read by the thread that says the process lives.</summary>
    public volatile LinkPeerState State;

    public int Id { get; } = id;

    /// <summary>Of frames to it.</summary>
    public ulong Token { get; } = token;

    public SendWindow Out { get; } = new();

    public ReceiveWindow In { get; } = new();

    /// <summary>Where records end in a frame to it.</summary>
    public int FrameBytesMax { get; private set; }

    /// <summary>The longest payload of such a frame with one record.</summary>
    public int PayloadMax { get; private set; }

    /// <summary>And without words.</summary>
    public int ContinuationMax { get; private set; }

    public Burst Burst;

    /// <summary>Its last frame is held back for more messages.</summary>
    public bool IsGathering { get; set; }

    /// <summary>Where in its last frame the last record with words begins; 0: it has none.</summary>
    public int WordsAt { get; set; }

    // ── credit: cumulative counts that wrap, so that a word that is lost is made good by the next ───────────────────

    /// <summary>Eager bytes that the peer lets this side have unconsumed.</summary>
    public uint CreditBytes { get; set; } = (uint)creditBytes;      // until it says its own

    /// <summary>Eager bytes sent, ever.</summary>
    public uint EagerSent { get; set; }

    /// <summary>Of them, what the peer has said to have consumed.</summary>
    public uint EagerConsumedThere { get; private set; }

    /// <summary>Eager bytes of the peer that were consumed here, ever.</summary>
    public uint EagerConsumed { get; set; }

    /// <summary>Of them, what the peer has been told.</summary>
    public uint EagerConsumedTold { get; set; }

    /// <summary>A send was refused for credit, and no word has come since.</summary>
    public bool WantsCredit { get; set; }

    /// <summary>When to ask for it, should the word have been lost.</summary>
    public long AskAt { get; set; }

    /// <summary>Between two such questions.</summary>
    public long AskPause { get; set; }

    // ── acknowledgements owed to the peer ───────────────────────────────────────────────────────────────────────────

    /// <summary>Frames that arrived and were not acknowledged.</summary>
    public int AcksOwed { get; set; }

    /// <summary>A frame came early, or again: its sender should know soon.</summary>
    public bool OwesAckNow { get; set; }

    /// <summary>In the agent's list of peers that are owed one.</summary>
    public bool IsOwed { get; set; }

    // ── signs of life ───────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>When something of it last arrived.</summary>
    public long HeardAt { get; set; }

    /// <summary>When something was last sent to it; read by the thread that says the process lives, as a hint.</summary>
    public long SentAt { get; set; }

    /// <summary>Times that the network has said, since something arrived, that nobody listens there.</summary>
    public int Refusals { get; set; }

    public long RefusedSince { get; set; }

    /// <summary>When to say hello again; while it is <see cref="LinkPeerState.Connecting"/>.</summary>
    public long HelloAt { get; set; } = long.MaxValue;

    public int Hellos { get; set; }

    /// <summary>What the wire-up says of it, for the text of an error.</summary>
    public string Addresses { get; set; } = "";

    public string LostReason { get; set; } = "";

    // ── the message that arrives in several frames ──────────────────────────────────────────────────────────────────

    public FrameHeader MessageHeader;

    public byte* Message { get; private set; }

    public int MessageBytes { get; private set; }

    public int MessageHave { get; set; }

    private int _messageCapacity;

    /// <summary>Frames to it are at most this long. None that is longer may have been made.</summary>
    public void SetFrameBytesMax(int bytes)
    {
        FrameBytesMax = bytes & -LinkRecordHeader.Alignment;
        PayloadMax = FrameBytesMax - LinkFrameHeader.SizeBytes - LinkRecordHeader.SizeBytes;
        ContinuationMax = FrameBytesMax - LinkFrameHeader.SizeBytes - LinkRecordHeader.ShortBytes;
    }

    public bool HasCredit(int lengthBytes) => EagerSent - EagerConsumedThere + (ulong)lengthBytes <= CreditBytes;

    /// <summary>What the peer says to have consumed; an older word than one that came before says nothing.</summary>
    public void NoteConsumed(uint consumed)
    {
        if ((int)(consumed - EagerConsumedThere) <= 0 || consumed - EagerConsumedThere > EagerSent - EagerConsumedThere)
            return;
        EagerConsumedThere = consumed;
        WantsCredit = false;
    }

    /// <summary>Room for a message in several frames.</summary>
    public void BeginMessage(in FrameHeader header, int lengthBytes)
    {
        if (lengthBytes > _messageCapacity)
        {
            Message = (byte*)NativeMemory.Realloc(Message, (nuint)lengthBytes);
            _messageCapacity = lengthBytes;
        }
        MessageHeader = header;
        MessageBytes = lengthBytes;
        MessageHave = 0;
    }

    public void EndMessage() => MessageBytes = MessageHave = 0;

    public void FreeMemory()
    {
        NativeMemory.Free(Message);
        Message = null;
        _messageCapacity = MessageBytes = MessageHave = 0;
    }
}
