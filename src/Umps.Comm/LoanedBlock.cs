using System;
using Umps.Buffers;
using Umps.Loans;

namespace Umps;

/// <summary>A block of memory that is filled, sent, and read where it lies: within a node no byte of it is copied.</summary>
/// <typeparam name="T">Type of the elements.</typeparam>
/// <remarks>
/// <see cref="Comm.Loan{T}"/> gives one to fill, <see cref="Comm.RecvLoan{T}(int, int, string, int)"/> one to read (and to change, and to send on). Who holds a block sends it or
/// disposes of it, once; after that its copies are worth nothing: <see cref="Span"/> throws, <see cref="Dispose"/> does nothing. Spans that were taken before must not be used any
/// more: the memory is another rank's. <c>default</c> is a block of no elements.
/// </remarks>
public readonly struct LoanedBlock<T> : IDisposable
    where T : unmanaged
{
    private readonly LoanState? _loan;
    private readonly int _generation;

    internal LoanedBlock(LoanState loan)
    {
        _loan = loan;
        _generation = loan.Generation;
        Length = checked((int)(loan.LengthBytes / SpanBytes.SizeOf<T>()));
    }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>True while this rank holds the block: it has neither been sent nor given back.</summary>
    public bool IsHeld => _loan is not null && _loan.Generation == _generation;

    /// <summary>The elements; in a new block whatever was last in its memory.</summary>
    /// <exception cref="MpiException">UMPS2332: the block has been sent or given back.</exception>
    public Span<T> Span
    {
        get
        {
            if (_loan is null)
                return default;
            if (_loan.Generation != _generation)
                throw Throw.LoanGone(_loan.Core, "LoanedBlock.Span", _loan, _generation);
            return SpanBytes.At<T>(_loan.Address, Length);
        }
    }

    internal LoanState? Loan => _loan;

    internal int Generation => _generation;

    /// <summary>Gives the block back to the rank that it came from; nothing when it has gone already.</summary>
    public void Dispose() => _loan?.Core.ReturnLoan(_loan, _generation);

    /// <inheritdoc/>
    public override string ToString() => $"{Length} elements{(IsHeld ? "" : ", gone")}";
}
