using System.Collections.Generic;
using Umps.Requests;
using Umps.Transport;
using Umps.Transport.Pool;

namespace Umps.Loans;

/// <summary>The blocks in a rank's keeping: taken from its arena, received from peers, surrendered to sends, given back.</summary>
/// <remarks>Entered with the gate held. States are used again first in, first out, so that a block that is used after it has gone is still known for a while.</remarks>
internal sealed class LoanTable(RankCore core)
{
    private readonly Endpoint _endpoint = core.Endpoint;
    private readonly List<LoanState> _states = [];
    private LoanState? _firstFree, _lastFree;
    private bool _closed;

    /// <summary>Blocks in the program's hands.</summary>
    public int HeldByProgram { get; private set; }

    /// <summary>Takes a block of this rank's arena, into the library's keeping.</summary>
    /// <returns>Null when there is no room.</returns>
    /// <exception cref="UmpsException">UMPS1002: there is no memory.</exception>
    public LoanState? TryTake(nint lengthBytes)
    {
        ArenaBlock? block = null;
        if (lengthBytes > 0 && (block = _endpoint.Loans.TryTake(lengthBytes)) is null)
            return null;
        LoanState loan = Rent();
        loan.Own = block;
        loan.Address = block is null ? 0 : _endpoint.AddressOf(block);
        loan.LengthBytes = lengthBytes;
        return loan;
    }

    /// <summary>Takes a block that a peer has handed over, into the library's keeping; it may be one of this rank's own that has come round.</summary>
    /// <returns>Null when the ticket names no such block.</returns>
    public LoanState? TryOpen(in LoanTicket ticket)
    {
        nint address = _endpoint.Open(in ticket);
        if (address == 0)
            return null;
        ArenaBlock? own = null;
        if (_endpoint.Owns(in ticket) && (own = _endpoint.TryAdopt(in ticket)) is null)
            return null;
        LoanState loan = Rent();
        loan.Own = own;
        loan.Ticket = ticket;
        loan.Address = address;
        loan.LengthBytes = (nint)ticket.LengthBytes;
        return loan;
    }

    /// <summary>The block is in the program's hands from now on.</summary>
    public void Give(LoanState loan, Comm comm, string call, string file, int line)
    {
        loan.Keeper = LoanKeeper.Program;
        loan.Comm = comm;
        loan.Call = call;
        loan.File = file;
        loan.Line = line;
        HeldByProgram++;
    }

    /// <summary>The program lets go of the block: what it holds of it is worth nothing from now on.</summary>
    /// <param name="loan">The block.</param>
    /// <param name="how">As a sentence's end: "given back by Dispose".</param>
    /// <param name="dest">Where it was sent to, in the communicator.</param>
    /// <param name="file">By which line.</param>
    /// <param name="line">Its number; 0 when it was not sent.</param>
    public void Surrender(LoanState loan, string how, int dest = 0, string file = "", int line = 0)
    {
        loan.EndedGeneration = loan.Generation;
        loan.EndedHow = how;
        loan.EndedDest = dest;
        loan.EndedFile = file;
        loan.EndedLine = line;
        loan.Keeper = LoanKeeper.Library;
        loan.Forget();
        HeldByProgram--;
    }

    /// <summary>What the next receiver is told of the block.</summary>
    public LoanTicket TicketOf(LoanState loan) => loan.Own is { } block ? _endpoint.TicketOf(block, loan.LengthBytes) : loan.Ticket;

    /// <summary>The block has gone to a peer, with its ticket.</summary>
    public void HandedOver(LoanState loan, int peer)
    {
        if (loan.Own is { } block)
            _endpoint.Loans.MarkOut(block, peer);
        Return(loan);
    }

    /// <summary>The block goes home.</summary>
    public void Release(LoanState loan)
    {
        if (_closed)
            return;
        if (loan.Own is { } block)
            _endpoint.Loans.GiveBack(block);
        else if (loan.LengthBytes > 0)
            _endpoint.Return(in loan.Ticket);
        Return(loan);
    }

    /// <summary>An operation that moves a block is done, well or not.</summary>
    public void OnComplete(RequestState state)
    {
        LoanState loan = state.Loan!;
        if (state.Kind == OperationKind.Recv && state.Error is null)
        {
            if (state.LoanReceipt is not { } receipt)
                return;                 // the blocked caller takes it
            if (!receipt.IsAbandoned)
            {
                receipt.Loan = loan;
                Give(loan, receipt.Comm, receipt.Call, receipt.File, receipt.Line);
                state.Loan = null;
                return;
            }
        }
        state.Loan = null;
        Release(loan);
    }

    /// <summary>The program's blocks of a communicator, or of all of them.</summary>
    /// <param name="comm">The communicator; null for all.</param>
    /// <param name="bytes">Their lengths.</param>
    /// <param name="first">The one held longest, as far as is known.</param>
    public int CountHeld(Comm? comm, out long bytes, out LoanState? first)
    {
        int count = 0;
        bytes = 0;
        first = null;
        if (HeldByProgram == 0)
            return 0;
        foreach (LoanState loan in _states)
        {
            if (loan.Keeper != LoanKeeper.Program || loan.IsGivenUp || (comm is not null && loan.Comm != comm))
                continue;
            count++;
            bytes += loan.LengthBytes;
            first ??= loan;
        }
        return count;
    }

    /// <summary>This rank leaves: peers get back what is theirs, and what the program holds names nothing any more.</summary>
    public void Close()
    {
        if (_closed)
            return;
        foreach (LoanState loan in _states)
        {
            if (loan.Keeper == LoanKeeper.Nobody)
                continue;
            if (loan.Own is null && loan.LengthBytes > 0)
                _endpoint.Return(in loan.Ticket);
            loan.EndedGeneration = loan.Generation;
            loan.EndedHow = "given back when its rank left the job";
            loan.EndedLine = 0;
            loan.Forget();
            loan.Keeper = LoanKeeper.Nobody;
        }
        _closed = true;
    }

    private LoanState Rent()
    {
        LoanState? loan = _firstFree;
        if (loan is null)
        {
            loan = new LoanState(core);
            _states.Add(loan);
        }
        else
        {
            _firstFree = loan.Next;
            if (_firstFree is null)
                _lastFree = null;
        }
        loan.Keeper = LoanKeeper.Library;
        loan.Next = null;
        return loan;
    }

    private void Return(LoanState loan)
    {
        loan.Keeper = LoanKeeper.Nobody;
        loan.Own = null;
        loan.IsGivenUp = false;
        if (_lastFree is null)
            _firstFree = loan;
        else
            _lastFree.Next = loan;
        _lastFree = loan;
    }
}
