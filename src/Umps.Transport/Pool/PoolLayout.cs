using System.Numerics;

namespace Umps.Transport.Pool;

/// <summary>Every offset of the node's memory, from its number of ranks and units alone: all who map it compute the same.</summary>
/// <remarks>
/// <code>
///  header page | slice of rank 0 | slice of rank 1 | …
///
///  slice:  control page       0 doorbell line | 64 identity line | 128 … bitmap of active senders, a bit a rank
///          free ring          txFreeQ: tail line, head line, a word a unit
///          unit table         owner and generation, 8 bytes a unit
///          pairs              a block of 16 KiB for each rank of the node: this rank sends, that one receives
///          units              2 KB each
///          loan arena         sparse; contiguous blocks
///
///  pair:   0 lines (PairLines) | 1024 transfers that both copy (TransferLines) | 4096 returns: a word a unit, units that come home | 8192 slots: 128 of a cache line
/// </code>
/// The file is sparse: what is not used costs addresses only. A rank makes its control page, free ring, table and units exist when it attaches, a pair's block when it first
/// sends to that rank.
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

    /// <summary>Addresses for loans, a rank. Nothing is used of them until a block is lent.</summary>
    public const long LoanBytes = 256L << 20;

    /// <summary>More bits than the control page holds are far more ranks than a node has cores.</summary>
    public const int RanksMax = 4096;

    private readonly long _freeRing, _unitTable, _pairs, _units, _loans, _sliceBytes;

    public PoolLayout(int ranks, int unitsARank)
    {
        Ranks = ranks;
        UnitsARank = unitsARank;
        RingEntries = (int)BitOperations.RoundUpToPowerOf2((uint)unitsARank);
        _freeRing = PageBytes;
        _unitTable = _freeRing + ToPages(FreeRingEntriesOffset + (RingEntries * sizeof(uint)));
        _pairs = _unitTable + ToPages(unitsARank * UnitTable.EntryBytes);
        _units = _pairs + ((long)ranks * PairBytes);
        _loans = _units + ToPages((long)unitsARank * PoolSize.UnitBytes);
        _sliceBytes = _loans + LoanBytes;
        TotalBytes = NodeHeader.SizeBytes + (ranks * _sliceBytes);
    }

    public int Ranks { get; }

    public int UnitsARank { get; }

    /// <summary>Entries of a ring that can hold all units of a rank.</summary>
    public int RingEntries { get; }

    /// <summary>64-bit words of a bitmap with a bit a rank.</summary>
    public int BitmapWords => (Ranks + 63) / 64;

    public long TotalBytes { get; }

    /// <summary>From a slice's beginning to its pairs: what a rank makes exist when it attaches, beside its units.</summary>
    public long OwnBytes => _pairs;

    public long UnitsBytes => (long)UnitsARank * PoolSize.UnitBytes;

    public long Control(int rank) => NodeHeader.SizeBytes + (rank * _sliceBytes);

    public long Identity(int rank) => Control(rank) + IdentityOffset;

    public long Bitmap(int rank) => Control(rank) + BitmapOffset;

    public long FreeRing(int rank) => Control(rank) + _freeRing;

    public long UnitTableOf(int rank) => Control(rank) + _unitTable;

    public long Pair(int sender, int receiver) => Control(sender) + _pairs + ((long)receiver * PairBytes);

    public long Units(int rank) => Control(rank) + _units;

    public long Loans(int rank) => Control(rank) + _loans;

    private static long ToPages(long bytes) => (bytes + PageBytes - 1) & ~(PageBytes - 1L);
}
