using System;
using System.Numerics;
using Umps.Transport.Agents.Ethernet;

namespace Umps.Transport.Agents.Xdp;

/// <summary>How many units and ring entries the ranks of a node have on an interface, and where they lie in the area that they share.</summary>
/// <remarks>
/// <code>
///  0              a page                          UmemOffset
///  | XdpHeader    | states, a byte a send unit    | send units of rank 0 | of rank 1 | … | receive units, all ranks'   |
///                                                 '--------------------- the UMEM, 2 KB a unit ----------------------'
/// </code>
/// No ring is ever full but a rank's RX: TX holds all units of a rank, COMPLETION those of all ranks, FILL all receive units. And FILL is never empty, whatever ranks do that do not look: each can hold as many
/// units as its RX has entries, what it has just taken, and what it keeps; that is its share of the receive units.
/// </remarks>
internal readonly record struct XdpShape
{
    /// <summary>Bytes of a unit: half a page, and the least that the kernel takes.</summary>
    public const int UnitBytes = 2048;

    public const int UnitShift = 11;

    /// <summary>Frames that one look takes.</summary>
    public const int BatchMax = 32;

    /// <summary>Units of a rank for frames that leave at once, beside those of the link.</summary>
    public const int ShortUnits = 8;

    /// <summary>Units that a rank has taken and not given back to FILL, at most, beside those that it keeps.</summary>
    private const int InHandMax = 2 * BatchMax;

    private const int PageBytes = 4096;

    public XdpShape(int localRanks, XdpOptions options)
    {
        LocalRanks = localRanks;
        SendUnits = options.UnitsARank;
        RxEntries = options.RingEntries;
        ReceiveUnits = localRanks * (RxEntries + KeptMax + InHandMax);
    }

    private XdpShape(in PortFacts facts)
    {
        LocalRanks = (int)facts.Word1;
        SendUnits = (int)(facts.Word1 >> 32);
        RxEntries = (int)facts.Word2;
        ReceiveUnits = (int)(facts.Word2 >> 32);
    }

    public int LocalRanks { get; }

    /// <summary>Units that a rank sends from.</summary>
    public int SendUnits { get; }

    public int RxEntries { get; }

    /// <summary>Units that all ranks receive into.</summary>
    public int ReceiveUnits { get; }

    /// <summary>Units that a rank may keep: frames that came early.</summary>
    public int KeptMax => RxEntries / 4;

    public int TxEntries => (int)BitOperations.RoundUpToPowerOf2((uint)SendUnits);

    public int FillEntries => (int)BitOperations.RoundUpToPowerOf2((uint)ReceiveUnits);

    public int CompletionEntries => (int)BitOperations.RoundUpToPowerOf2((uint)(LocalRanks * SendUnits));

    /// <summary>The first receive unit.</summary>
    public int FirstReceiveUnit => LocalRanks * SendUnits;

    public int Units => FirstReceiveUnit + ReceiveUnits;

    /// <summary>Where the states are.</summary>
    public static int StatesOffset => PageBytes;

    /// <summary>Where the UMEM begins.</summary>
    public long UmemOffset => StatesOffset + ToPages(LocalRanks * SendUnits);

    public long UmemBytes => ToPages((long)Units * UnitBytes);

    public long TotalBytes => UmemOffset + UmemBytes;

    /// <summary>What a rank is told.</summary>
    public void WriteTo(ref PortFacts facts)
    {
        facts.Word1 = (uint)LocalRanks | ((ulong)(uint)SendUnits << 32);
        facts.Word2 = (uint)RxEntries | ((ulong)(uint)ReceiveUnits << 32);
    }

    /// <summary>What the kernel agent told.</summary>
    public static XdpShape Of(in PortFacts facts) => new(in facts);

    private static long ToPages(long bytes) => (bytes + PageBytes - 1) & -PageBytes;
}
