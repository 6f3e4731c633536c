using System.IO;
using Umps.Loans;
using Umps.Transport;
using Umps.Transport.Pool;

namespace Umps;

/// <summary>The errors of loaned blocks and shared buffers.</summary>
internal static partial class Throw
{
    /// <summary>UMPS2330.</summary>
    public static MpiException LoanArenaFull(RankCore core, string call, long lengthBytes)
    {
        LoanArena arena = core.Endpoint.Loans;
        (int holder, long bytes) = arena.LargestHolder();
        string most = holder < 0 ? "" : $", most of that ({Size(bytes)}) with rank {N(holder)} of the world";
        return Make(
            core, MpiErrorClass.NoMem, ErrorId.LoanArenaFull, call,
            $"there is no room for a block of {N(lengthBytes)} bytes in this rank's loan arena of {Size(arena.RoomBytes)}: "
            + $"{N(arena.HeldCount)} blocks ({Size(arena.HeldBytes)}) are held here, "
            + $"{N(arena.OutCount)} ({Size(arena.OutBytes)}) are with receivers{most}; the longest free piece has {Size(arena.LongestFreeBytes)}. "
            + "Dispose received blocks earlier, or raise Umps:Transport:Shm:LoanArenaBytes (or Umps:LoanWaitSeconds, where receivers are slow).");
    }

    /// <summary>UMPS2331.</summary>
    public static MpiException NoLoanMemory(RankCore core, string call, long lengthBytes, UmpsException cause) => Make(
        core, MpiErrorClass.NoMem, ErrorId.NoLoanMemory, call,
        $"there is no memory for a block of {N(lengthBytes)} bytes: {cause.Message}", cause);

    /// <summary>UMPS2332.</summary>
    public static MpiException LoanGone(RankCore core, string call, LoanState loan, int generation) => Make(
        core, MpiErrorClass.Buffer, ErrorId.LoanGone, call,
        loan.EndedGeneration == generation
            ? $"the block that {TakenAt(loan)} has been {EndedHow(loan)}. Take a new one: a block is sent or given back once."
            : "the block has been sent or given back, and its memory serves another since. Take a new one: a block is sent or given back once.");

    /// <summary>UMPS2333.</summary>
    public static MpiException BufferGone(RankCore core, LoanState loan, int generation) => Make(
        core, MpiErrorClass.Buffer, ErrorId.BufferGone, "SharedBuffer",
        loan.EndedGeneration == generation || loan.Generation == generation
            ? $"the buffer that {TakenAt(loan)} has been disposed. Dispose it after its last use."
            : "the buffer has been disposed. Dispose it after its last use.");

    /// <summary>UMPS2334, a warning.</summary>
    public static string LoansLeft(RankCore core, int count, long bytes, LoanState first) => Make(
        core, MpiErrorClass.Buffer, ErrorId.LoansLeft, "Mpi.Dispose",
        $"{N(count)} blocks of {N(bytes)} bytes in all were neither sent nor given back, among them the one that {TakenAt(first)}. Dispose each (using).").Message;

    /// <summary>UMPS2335, a warning.</summary>
    public static string LoansOfDisposedComm(Comm comm, int count, long bytes, LoanState first) => Make(
        comm.Core, MpiErrorClass.Comm, ErrorId.LoansOfDisposedComm, "Comm.Dispose",
        $"{N(count)} blocks of {N(bytes)} bytes in all that were taken by this communicator are still held, among them the one that {TakenAt(first)}. "
        + "They stay valid, and cannot be sent by it. Send or dispose them before it.").Message;

    /// <summary>UMPS2336.</summary>
    public static MpiException MalformedLoan(RankCore core, int peer, in LoanTicket ticket) => Make(
        core, MpiErrorClass.Intern, ErrorId.MalformedLoan, "progress",
        $"endpoint {N(peer)} handed over a block that it cannot have: {N(ticket.LengthBytes)} bytes at {ticket.Offset:x} of the node's memory, slot {N(ticket.Slot)} of local rank "
        + $"{N(ticket.Owner)}, generation {ticket.Generation}. Either a process wrote over memory that is not its own, or the ranks run different versions of the library.");

    private static string EndedHow(LoanState loan) => loan.EndedLine == 0
        ? loan.EndedHow
        : $"{loan.EndedHow} to {(loan.EndedDest == Comm.ProcNull ? "nobody" : $"rank {N(loan.EndedDest)}")} at {Place(loan.EndedFile, loan.EndedLine)}";

    private static string TakenAt(LoanState loan) => $"Comm.{loan.Call} took at {Place(loan.File, loan.Line)}";

    private static string Place(string file, int line) => file.Length == 0 ? "a place unknown" : $"{Path.GetFileName(file)}:{line}";

    private static string Size(long bytes) => bytes < 10 << 10 ? $"{N(bytes)} bytes" : bytes < 10 << 20 ? $"{N(bytes >> 10)} KiB" : $"{N(bytes >> 20)} MiB";
}
