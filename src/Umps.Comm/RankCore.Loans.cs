using System;
using System.Diagnostics;
using System.Threading;
using Umps.Buffers;
using Umps.Loans;
using Umps.Progress;
using Umps.Requests;
using Umps.Transport;

namespace Umps;

/// <summary>Loaned blocks and shared buffers: taken, sent, received, given back.</summary>
internal sealed partial class RankCore
{
    /// <summary>While the arena is full, blocks that come home are looked for so often: they come without a sound.</summary>
    private static readonly TimeSpan s_homeLook = TimeSpan.FromMilliseconds(1);

    /// <summary>The blocks in this rank's keeping.</summary>
    public LoanTable Loans { get; }

    /// <summary>Takes a block of this rank's arena for the program; waits for blocks to come home where it is full.</summary>
    public LoanState Loan(Comm comm, nint lengthBytes, string call, string file, int line)
    {
        Enter(call);
        try
        {
            LoanState loan = TryTake(lengthBytes, call) ?? AwaitRoom(lengthBytes, call);
            Loans.Give(loan, comm, call, file, line);
            return loan;
        }
        catch (UmpsException error)
        {
            throw Break(call, error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Sends a block: within the node its ticket, else its bytes. It is the program's no more, whatever happens.</summary>
    public void SendLoan(Comm comm, int dest, int endpoint, int tag, uint typeHash, LoanState loan, int generation, string file, int line)
    {
        const string Call = "Send";
        Enter(Call);
        try
        {
            Surrender(dest, Call, loan, generation, file, line);
            if (!Sends.TryLoan(endpoint, comm.Context, tag, typeHash, loan))
            {
                RequestState send = RentLoanSend(comm, endpoint, tag, typeHash, loan, Call);
                BeginSend(send);
                Progress.Wait(send);
                Take(send);
            }
        }
        catch (UmpsException error)
        {
            throw Break(Call, error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Begins to send a block. The null request when it has gone already.</summary>
    public Request IsendLoan(Comm comm, int dest, int endpoint, int tag, uint typeHash, LoanState loan, int generation, string file, int line)
    {
        const string Call = "Isend";
        Enter(Call);
        try
        {
            Surrender(dest, Call, loan, generation, file, line);
            if (Sends.TryLoan(endpoint, comm.Context, tag, typeHash, loan))
                return default;
            return BeginNonBlocking(RentLoanSend(comm, endpoint, tag, typeHash, loan, Call));
        }
        catch (UmpsException error)
        {
            throw Break(Call, error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>A send to nobody: the block goes home.</summary>
    public void SendLoanToNobody(string call, LoanState loan, int generation, string file, int line)
    {
        Enter(call);
        try
        {
            Surrender(Comm.ProcNull, call, loan, generation, file, line);
            Loans.Release(loan);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Receives a message as a block: the sender's own, or one of this rank's arena with a copy.</summary>
    public LoanState RecvLoan(Comm comm, int endpoint, int tag, uint typeHash, int elementBytes, out Status status, string file, int line)
    {
        const string Call = "RecvLoan";
        Enter(Call);
        try
        {
            RequestState receive = RentRecv(comm, comm.Context, endpoint, tag, typeHash, elementBytes, default, Call);
            receive.TakesLoan = true;
            Receives.Begin(receive, Matching.QueuesOf(comm.Context));
            Progress.Wait(receive);
            LoanState? loan = receive.Loan;
            receive.Loan = null;
            status = Take(receive);
            Loans.Give(loan!, comm, Call, file, line);
            return loan!;
        }
        catch (UmpsException error)
        {
            throw Break(Call, error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Begins to receive a message as a block, which the receipt gets.</summary>
    public Request IrecvLoan(LoanReceipt receipt, int endpoint, int tag, uint typeHash, int elementBytes)
    {
        Enter(receipt.Call);
        try
        {
            RequestState receive = RentRecv(receipt.Comm, receipt.Comm.Context, endpoint, tag, typeHash, elementBytes, default, receipt.Call);
            receive.TakesLoan = true;
            receive.LoanReceipt = receipt;
            receive.NonBlocking = true;
            Progress.AddOutstanding();
            Receives.Begin(receive, Matching.QueuesOf(receipt.Comm.Context));
            if (!receive.IsDone)
            {
                Progress.AdvanceOutgoing();
                Progress.Settle();
            }
            return new Request(receive);
        }
        catch (UmpsException error)
        {
            throw Break(receipt.Call, error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Nobody waits for the receipt's block any more: it goes back, now or when it comes.</summary>
    public void Abandon(LoanReceipt receipt)
    {
        Gate.Enter();
        receipt.IsAbandoned = true;
        if (receipt.Loan is { } loan)
        {
            Loans.Surrender(loan, "given back because its receive was cancelled");
            Loans.Release(loan);
        }
        Gate.Leave();
    }

    /// <summary>The program gives a block back; nothing when it does not hold it any more.</summary>
    public void ReturnLoan(LoanState loan, int generation)
    {
        Gate.Enter();
        if (loan.Generation == generation)
        {
            Loans.Surrender(loan, "given back by Dispose");
            Loans.Release(loan);
        }
        Gate.Leave();
    }

    /// <summary>The program disposes of a shared buffer: it goes back when no operation uses it any more.</summary>
    public void ReturnBuffer(LoanState loan, int generation)
    {
        Gate.Enter();
        if (loan.Generation == generation)
            loan.IsGivenUp = true;
        Gate.Leave();
        Interlocked.MemoryBarrier();            // Unpin looks the other way round: one of the two sees the other
        if (Volatile.Read(ref loan.Pins) == 0)
            ReturnGivenUp(loan, generation);
    }

    /// <summary>An operation, or a handle, uses the address of a shared buffer.</summary>
    public bool TryPin(LoanState loan, int generation)
    {
        Gate.Enter();
        bool held = loan.Generation == generation && !loan.IsGivenUp;
        if (held)
            Interlocked.Increment(ref loan.Pins);
        Gate.Leave();
        return held;
    }

    /// <summary>Lets go of what <see cref="TryPin"/> took; also from inside the gate.</summary>
    public static void Unpin(LoanState loan, int generation)
    {
        // Not behind the gate: an operation that completes lets go of its buffer inside.
        if (loan.Generation == generation && Interlocked.Decrement(ref loan.Pins) == 0 && loan.IsGivenUp)
            ThreadPool.UnsafeQueueUserWorkItem(static of => of.Loan.Core.ReturnGivenUp(of.Loan, of.Generation), (Loan: loan, Generation: generation), preferLocal: false);
    }

    /// <summary>Warns of blocks that the program still holds when it frees the communicator it took them by.</summary>
    public void WarnOfLoans(Comm comm)
    {
        Gate.Enter();
        int count = Loans.CountHeld(comm, out long bytes, out LoanState? first);
        string? warning = count == 0 ? null : Throw.LoansOfDisposedComm(comm, count, bytes, first!);
        Gate.Leave();
        if (warning is not null)
            Report.Write(warning);
    }

    private void ReturnGivenUp(LoanState loan, int generation)
    {
        Gate.Enter();
        bool isOver = loan.Generation == generation && loan.IsGivenUp && Volatile.Read(ref loan.Pins) == 0;
        if (isOver)
        {
            Loans.Surrender(loan, "given back by Dispose");
            Loans.Release(loan);
        }
        Gate.Leave();
    }

    private void Surrender(int dest, string call, LoanState loan, int generation, string file, int line)
    {
        if (loan.Generation != generation)
            throw Throw.LoanGone(this, $"Comm.{call}", loan, generation);
        Loans.Surrender(loan, "sent", dest, file, line);
    }

    private RequestState RentLoanSend(Comm comm, int endpoint, int tag, uint typeHash, LoanState loan, string call)
    {
        var bytes = new BufferRef(new NativeSpan(loan.Address, loan.LengthBytes));
        RequestState send = RentSend(comm, comm.Context, endpoint, tag, typeHash, bytes, call);
        send.Loan = loan;
        return send;
    }

    /// <summary>A block of this rank's arena; null when there is no room.</summary>
    private LoanState? TryTake(nint lengthBytes, string call)
    {
        try
        {
            return Loans.TryTake(lengthBytes);
        }
        catch (UmpsException cause)
        {
            throw Throw.NoLoanMemory(this, $"Comm.{call}", lengthBytes, cause);
        }
    }

    private LoanState AwaitRoom(nint lengthBytes, string call)
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(Options.LoanWaitSeconds * Stopwatch.Frequency);
        while (true)
        {
            if (Endpoint.Loans.OutCount == 0 || lengthBytes > Endpoint.Loans.RoomBytes || Stopwatch.GetTimestamp() >= deadline)
                throw Throw.LoanArenaFull(this, $"Comm.{call}", lengthBytes);
            var home = new LoanHome(Endpoint.Loans, deadline);
            Progress.WaitUntil(ref home, Waiter.Current, s_homeLook);
            Progress.Settle();
            if (_fault is { } fault)
                throw Throw.Again(this, $"Comm.{call}", fault);
            if (TryTake(lengthBytes, call) is { } loan)
                return loan;
        }
    }
}
