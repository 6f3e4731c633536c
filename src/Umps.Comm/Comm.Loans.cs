using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Umps.Buffers;
using Umps.Loans;

namespace Umps;

/// <summary>Memory that the ranks of a node share: buffers from which a message is copied once, and blocks which are handed over and not copied at all.</summary>
/// <remarks>
/// Buffers are MPI_Alloc_mem of MPI 4.1 §9.2 with more behind it; loaned blocks MPI does not have. Either end of a message may be an ordinary call: a block that meets
/// <see cref="Recv{T}(Span{T}, int, int)"/> is copied out,
/// a message that meets <see cref="RecvLoan{T}(int, int, string, int)"/> is copied into a block; between nodes bytes are sent as ever.
/// </remarks>
public partial class Comm
{
    /// <summary>Allocates memory that all ranks of the node map.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="length">Number of elements, 0 or more.</param>
    /// <param name="file">Left to the compiler: the place, for the texts of errors.</param>
    /// <param name="line">Left to the compiler.</param>
    /// <returns>The buffer, all zero; dispose of it at the end.</returns>
    /// <remarks>MPI 4.1 §9.2, MPI_Alloc_mem. A call of this rank alone. It begins on a cache line, from 4 KiB on a page.</remarks>
    /// <exception cref="MpiException">UMPS2330: the rank's loan arena is full. UMPS2331: there is no memory.</exception>
    /// <example><code>
    /// using SharedBuffer&lt;double&gt; field = comm.Allocate&lt;double&gt;(1 &lt;&lt; 20);
    /// comm.Send(field.Span, dest: 1);
    /// </code></example>
    public SharedBuffer<T> Allocate<T>(int length, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where T : unmanaged
    {
        var buffer = new SharedBuffer<T>(TakeBlock<T>(length, nameof(Allocate), file, line), length);
        buffer.Span.Clear();
        return buffer;
    }

    /// <summary>Takes a block to fill and to send.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="length">Number of elements, 0 or more.</param>
    /// <param name="file">Left to the compiler: the place, for the texts of errors.</param>
    /// <param name="line">Left to the compiler.</param>
    /// <returns>The block; what it holds is not defined. Send it, or dispose of it.</returns>
    /// <remarks>A call of this rank alone. Where all of the arena is lent, it waits for a block to come home, at most <see cref="MpiOptions.LoanWaitSeconds"/>.</remarks>
    /// <exception cref="MpiException">UMPS2330: the rank's loan arena is full. UMPS2331: there is no memory.</exception>
    /// <example><code>
    /// using LoanedBlock&lt;double&gt; block = comm.Loan&lt;double&gt;(1 &lt;&lt; 20);
    /// block.Span.Fill(1.5);
    /// comm.Send(block, dest: 1);
    /// </code></example>
    public LoanedBlock<T> Loan<T>(int length, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where T : unmanaged => new(TakeBlock<T>(length, nameof(Loan), file, line));

    /// <summary>Sends a block, which is the receiver's from then on: within the node no byte is copied.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="block">The block. After the call this rank does not hold it any more, also when the call fails (but for a wrong argument).</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>, which gives the block back.</param>
    /// <param name="tag">Number by which the receiver may choose, 0 or more.</param>
    /// <param name="file">Left to the compiler: the place, for the texts of errors.</param>
    /// <param name="line">Left to the compiler.</param>
    /// <remarks>As <see cref="Send{T}(ReadOnlySpan{T}, int, int)"/>. A block that was received may be sent on; it still goes home to its first owner in the end.</remarks>
    /// <exception cref="MpiException">UMPS2332: the block has been sent or given back already. Otherwise as <see cref="Send{T}(ReadOnlySpan{T}, int, int)"/>.</exception>
    public void Send<T>(LoanedBlock<T> block, int dest, int tag = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where T : unmanaged
    {
        bool goes = CheckSend(dest, tag, nameof(Send), out int endpoint);
        if (block.Loan is not { } loan)
            Send(ReadOnlySpan<T>.Empty, dest, tag);
        else if (goes)
            Core.SendLoan(this, dest, endpoint, tag, TypeHash<T>.Value, loan, block.Generation, file, line);
        else
            Core.SendLoanToNobody(nameof(Send), loan, block.Generation, file, line);
    }

    /// <summary>Begins to send a block, which this rank does not hold any more.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="block">The block.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>, which gives the block back.</param>
    /// <param name="tag">Number by which the receiver may choose, 0 or more.</param>
    /// <param name="file">Left to the compiler: the place, for the texts of errors.</param>
    /// <param name="line">Left to the compiler.</param>
    /// <returns>The request; the null request when the message has gone already.</returns>
    /// <exception cref="MpiException">As <see cref="Send{T}(LoanedBlock{T}, int, int, string, int)"/>.</exception>
    public Request Isend<T>(LoanedBlock<T> block, int dest, int tag = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where T : unmanaged
    {
        bool goes = CheckSend(dest, tag, nameof(Isend), out int endpoint);
        if (block.Loan is not { } loan)
            return Isend(ReadOnlyMemory<T>.Empty, dest, tag);
        if (goes)
            return Core.IsendLoan(this, dest, endpoint, tag, TypeHash<T>.Value, loan, block.Generation, file, line);
        Core.SendLoanToNobody(nameof(Isend), loan, block.Generation, file, line);
        return default;
    }

    /// <summary>Receives a message as a block: the sender's own, where it lies, or a block of this rank with a copy.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives a block of no elements.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <param name="file">Left to the compiler: the place, for the texts of errors.</param>
    /// <param name="line">Left to the compiler.</param>
    /// <returns>The block, as long as the message; dispose of it when it has been read, or send it on.</returns>
    /// <exception cref="MpiException">UMPS2330, UMPS2331: the message is no block, and there is no room for it here.
    /// Otherwise as <see cref="Recv{T}(Span{T}, int, int)"/>; a block cannot
    /// be too short.</exception>
    /// <example><code>
    /// using LoanedBlock&lt;double&gt; block = comm.RecvLoan&lt;double&gt;(source: 0);
    /// double first = block.Span[0];
    /// </code></example>
    public LoanedBlock<T> RecvLoan<T>(int source = AnySource, int tag = AnyTag, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where T : unmanaged => RecvLoan<T>(source, tag, out _, file, line);

    /// <summary>Receives a message as a block, and says whose it was.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives a block of no elements.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <param name="status">Whose message it was, its tag and length.</param>
    /// <param name="file">Left to the compiler: the place, for the texts of errors.</param>
    /// <param name="line">Left to the compiler.</param>
    /// <returns>The block.</returns>
    /// <exception cref="MpiException">As <see cref="RecvLoan{T}(int, int, string, int)"/>.</exception>
    public LoanedBlock<T> RecvLoan<T>(int source, int tag, out Status status, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where T : unmanaged
    {
        status = Status.ProcNull;
        return CheckRecv(source, tag, nameof(RecvLoan), out int endpoint)
            ? new LoanedBlock<T>(Core.RecvLoan(this, endpoint, tag, TypeHash<T>.Value, SpanBytes.SizeOf<T>(), out status, file, line))
            : default;
    }

    /// <summary>Receives a message as a block without blocking the caller.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives a block of no elements.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <param name="cancellationToken">Cancels the receive if it has met no message.</param>
    /// <param name="file">Left to the compiler: the place, for the texts of errors.</param>
    /// <param name="line">Left to the compiler.</param>
    /// <returns>The block.</returns>
    /// <exception cref="MpiException">As <see cref="RecvLoan{T}(int, int, string, int)"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired first. A message that had met the receive is lost with it; its block goes home.</exception>
    public async Task<LoanedBlock<T>> RecvLoanAsync<T>(
        int source = AnySource, int tag = AnyTag, CancellationToken cancellationToken = default, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where T : unmanaged
    {
        if (!CheckRecv(source, tag, nameof(RecvLoanAsync), out int endpoint))
            return default;
        var receipt = new LoanReceipt(this, nameof(RecvLoanAsync), file, line);
        Request request = Core.IrecvLoan(receipt, endpoint, tag, TypeHash<T>.Value, SpanBytes.SizeOf<T>());
        try
        {
            await request.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Core.Abandon(receipt);
            throw;
        }
        return new LoanedBlock<T>(receipt.Loan!);
    }

    private LoanState TakeBlock<T>(int length, string call, string file, int line)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (_group is null || _disposed)
            CheckUsable($"Comm.{call}");
        return Core.Loan(this, (nint)length * SpanBytes.SizeOf<T>(), call, file, line);
    }
}
