using System.Numerics;

namespace Umps.Transport.Pool;

/// <summary>Every offset of the node's memory, from its number of ranks, of units and the sizes of link area and loan arenas alone: all who map it compute the same.</summary>
/// <remarks>
/// <code>
///  header page | control page of rank 0 | of rank 1 | … | slice of rank 0 | slice of rank 1 | … | link area | loan arena of rank 0 | of rank 1 | …
///
///  control page:              0 doorbell line | 64 identity line | 128 … bitmap of active senders, a bit a rank
///  slice:  free ring          txFreeQ: tail line, head line, a word a unit
///          unit table         owner and generation, 8 bytes a unit
///          pairs              a block of 16 KiB for each rank of the node: this rank sends, that one receives
///          units              2 KB each
///          loan returns       a word for each block that may be lent: the generation under which it last came home
///          boards             16 boards, each for a communicator of the node's ranks that this rank leads (BoardLayout)
///
///  pair:   0 lines (PairLines) | 1024 transfers that both copy (TransferLines) | 4096 returns: a word a unit, units that come home | 8192 slots: 128 of a cache line
/// </code>
/// The control pages lie together, for every rank looks at all of them: spread over the slices each would cost it a page of page table and a fault.
/// The loan arenas, sparse, are for contiguous blocks; they lie on 2 MiB, the size of a huge page, and behind everything else, which so stays close together.
/// The link area is what an agent of frames shares with a device (xdp's UMEM): its inside is that agent's. It has huge pages of its own, because its pages are pinned: nothing beside them may be
/// collapsed under it, and no hole is made in it. Size 0 where no such agent is wanted.
/// The file is sparse: what is not used costs addresses only. A rank makes its free ring, table and units exist when it attaches, a pair's block when it first
/// sends to that rank, a board when it is lent.
/// </remarks>
internal sealed class PoolLayout
{
    public const int PageBytes = 4096;
    public const int LineBytes = 64;

    public const int IdentityOffset = 64;
    public const int BitmapOffset = 128;

    public const int PairBytes = 16384;
    public const int PairReturnsOffset = 4096;
    public const int PairSlotsOffset = 8192;
    public const int ReturnEntries = (PairSlotsOffset - PairReturnsOffset) / sizeof(uint);
    public const int SlotsAPair = (PairBytes - PairSlotsOffset) / LineBytes;

    public const int FreeRingEntriesOffset = 2 * LineBytes;

    /// <summary>Blocks of a loan arena that may exist at once.</summary>
    public const int LoanSlots = 65536;

    /// <summary>Loan arenas lie on, and are multiples of, huge pages.</summary>
    public const long HugePageBytes = 2L << 20;

    /// <summary>The smallest loan arena: less is made only of nothing.</summary>
    public const long LoanBytesMin = 64L << 20;

    /// <summary>More bits than the control page holds are far more ranks than a node has cores.</summary>
    public const int RanksMax = 4096;

    private readonly long _controls = NodeHeader.SizeBytes, _slices, _unitTable, _pairs, _units, _loanReturns, _boards, _sliceBytes, _links, _arenas;

    public PoolLayout(int ranks, int unitsARank, long loanBytes, long linkBytes = 0)
    {
        Ranks = ranks;
        UnitsARank = unitsARank;
        RingEntries = (int)BitOperations.RoundUpToPowerOf2((uint)unitsARank);
        _slices = _controls + ((long)ranks * PageBytes);
        _unitTable = ToPages(FreeRingEntriesOffset + (RingEntries * sizeof(uint)));
        _pairs = _unitTable + ToPages(unitsARank * UnitTable.EntryBytes);
        _units = _pairs + ((long)ranks * PairBytes);
        _loanReturns = _units + ToPages((long)unitsARank * PoolSize.UnitBytes);
        LoanBytes = ToHugePages(loanBytes);
        Boards = new BoardLayout(ranks);
        _boards = _loanReturns + ToPages(LoanSlots * sizeof(uint));
        _sliceBytes = _boards + (BoardLayout.BoardsARank * Boards.BoardBytes);
        LinkBytes = ToPages(linkBytes);
        _links = ToHugePages(_slices + (ranks * _sliceBytes));
        _arenas = ToHugePages(_links + LinkBytes);
        TotalBytes = _arenas + (ranks * LoanBytes);
    }

    public int Ranks { get; }

    public int UnitsARank { get; }

    /// <summary>Addresses for loans, a rank. Nothing is used of them until a block is lent.</summary>
    public long LoanBytes { get; }

    /// <summary>Size of the link area.</summary>
    public long LinkBytes { get; }

    /// <summary>Entries of a ring that can hold all units of a rank.</summary>
    public int RingEntries { get; }

    /// <summary>64-bit words of a bitmap with a bit a rank.</summary>
    public int BitmapWords => (Ranks + 63) / 64;

    public long TotalBytes { get; }

    /// <summary>What one board looks like.</summary>
    public BoardLayout Boards { get; }

    /// <summary>From a slice's beginning to its pairs: what a rank makes exist when it attaches, beside its units.</summary>
    public long OwnBytes => _pairs;

    public long UnitsBytes => (long)UnitsARank * PoolSize.UnitBytes;

    public long Control(int rank) => _controls + ((long)rank * PageBytes);

    public long Identity(int rank) => Control(rank) + IdentityOffset;

    public long Bitmap(int rank) => Control(rank) + BitmapOffset;

    /// <summary>The beginning of the rank's slice.</summary>
    public long FreeRing(int rank) => _slices + (rank * _sliceBytes);

    public long UnitTableOf(int rank) => FreeRing(rank) + _unitTable;

    public long Pair(int sender, int receiver) => FreeRing(sender) + _pairs + ((long)receiver * PairBytes);

    public long Units(int rank) => FreeRing(rank) + _units;

    public long LoanReturns(int rank) => FreeRing(rank) + _loanReturns;

    /// <summary>The beginning of the link area.</summary>
    public long Links => _links;

    public long Loans(int rank) => _arenas + (rank * LoanBytes);

    public long Board(int rank, int board) => FreeRing(rank) + _boards + (board * Boards.BoardBytes);

    internal static long ToPages(long bytes) => (bytes + PageBytes - 1) & ~(PageBytes - 1L);

    private static long ToHugePages(long bytes) => (bytes + HugePageBytes - 1) & ~(HugePageBytes - 1);
}
