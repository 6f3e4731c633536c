using System.Threading;
using Umps.Transport;
using Umps.Transport.Pool;

namespace Umps.Loans;

/// <summary>Where a block is.</summary>
internal enum LoanKeeper : byte
{
    /// <summary>The state is in the pool.</summary>
    Nobody,

    /// <summary>In the program's hands.</summary>
    Program,

    /// <summary>In a queue or a transfer of the library: sent and not gone yet, or arrived and not received yet.</summary>
    Library,
}

/// <summary>A block in this rank's keeping: one of its own arena, or a peer's. Pooled; the program names it by the state and a generation.</summary>
/// <remarks>Every field belongs to the owner of the rank's gate, but
/// that a program looks at the generation before it reads address and length: a block that has gone on has another.</remarks>
internal sealed class LoanState(RankCore core)
{
    private int _generation = 1;

    public readonly RankCore Core = core;
    public LoanKeeper Keeper;
    public nint Address;
    public nint LengthBytes;
    public ArenaBlock? Own;             // null: a peer's, or a block of no bytes
    public LoanTicket Ticket;           // of a peer's

    // who took it, and where
    public Comm Comm = null!;
    public string Call = "";
    public string File = "";
    public int Line;

    // how it left the program's hands last, for the text of an error
    public int EndedGeneration;
    public string EndedHow = "";
    public int EndedDest;
    public string EndedFile = "";
    public int EndedLine;

    public int Pins;                    // of a shared buffer: operations and handles that use its address
    public volatile bool IsGivenUp;     // the program has disposed of it; it goes when nobody pins it
    public LoanState? Next;

    /// <summary>Goes up each time the program lets go of the block.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>What the program holds names nothing from now on.</summary>
    public void Forget() => Volatile.Write(ref _generation, _generation == int.MaxValue ? 1 : _generation + 1);
}
