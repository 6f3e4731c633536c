using System;
using System.Buffers;
using Umps.Buffers;
using Umps.Loans;

namespace Umps;

/// <summary>Memory that all ranks of the node map: what is sent from it, or received into it, is copied once, and by no system call.</summary>
/// <typeparam name="T">Type of the elements.</typeparam>
/// <remarks>Made by <see cref="Comm.Allocate{T}"/>; used as any memory: pass <see cref="Span"/> or <see cref="Memory"/> to sends, receives and collectives.</remarks>
public sealed class SharedBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly LoanState _loan;
    private readonly int _generation;
    private readonly Manager _manager;

    internal SharedBuffer(LoanState loan, int length)
    {
        _loan = loan;
        _generation = loan.Generation;
        _manager = new Manager(this);
        Length = length;
    }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements; zero at first.</summary>
    /// <exception cref="MpiException">UMPS2333: the buffer has been disposed.</exception>
    public Span<T> Span => _loan.Generation == _generation && !_loan.IsGivenUp
        ? SpanBytes.At<T>(_loan.Address, Length)
        : throw Throw.BufferGone(_loan.Core, _loan, _generation);

    /// <summary>The elements, for non-blocking calls. Its span throws once the buffer has been disposed.</summary>
    public Memory<T> Memory => _manager.Memory;

    /// <summary>Gives the memory back, once the operations that use it are complete. Spans of it must not be used any more.</summary>
    public void Dispose() => _loan.Core.ReturnBuffer(_loan, _generation);

    /// <inheritdoc/>
    public override string ToString() => $"{Length} elements";

    private MemoryHandle Pin(IPinnable pinnable, int element) => _loan.Core.TryPin(_loan, _generation)
        ? SpanBytes.HandleAt<T>(_loan.Address, element, pinnable)
        : throw Throw.BufferGone(_loan.Core, _loan, _generation);

    /// <summary>What stands behind <see cref="Memory"/>: pinning counts, so that the memory outlives the operations that use it.</summary>
    private sealed class Manager(SharedBuffer<T> buffer) : MemoryManager<T>
    {
        public override Span<T> GetSpan() => buffer.Span;

        public override MemoryHandle Pin(int elementIndex = 0) => buffer.Pin(this, elementIndex);

        public override void Unpin() => RankCore.Unpin(buffer._loan, buffer._generation);

        protected override void Dispose(bool disposing)
        {
            // the buffer itself is disposed
        }
    }
}
