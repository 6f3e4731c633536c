using System;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Pool;

/// <summary>The node's memory in this process: one mapping, however many ranks live here, and the descriptors that belong to it.</summary>
/// <remarks>Counted: kernel agent, each NodeMemory and each endpoint hold it; the last to let go unmaps.</remarks>
internal sealed unsafe class NodeMapping
{
    private readonly int _descriptor;
    private readonly int[] _eventDescriptors;
    private readonly bool[] _attachedHere;
    private readonly byte* _base;
    private int _holders = 1;

    /// <summary>Maps the memory; owns the descriptors from then on.</summary>
    public NodeMapping(PoolLayout layout, int descriptor, int[] eventDescriptors, byte* address)
    {
        Layout = layout;
        _descriptor = descriptor;
        _eventDescriptors = eventDescriptors;
        _attachedHere = new bool[layout.Ranks];
        _base = address;
    }

    public PoolLayout Layout { get; }

    public NodeHeader* Header => (NodeHeader*)_base;

    /// <summary>The memfd.</summary>
    public int Descriptor => _descriptor;

    /// <summary>An eventfd a rank.</summary>
    public ReadOnlySpan<int> EventDescriptors => _eventDescriptors;

    public byte* At(long offset) => _base + offset;

    public IdentityLine* Identity(int rank) => (IdentityLine*)At(Layout.Identity(rank));

    /// <summary>True when that rank is a thread of this process: its memory is this process's.</summary>
    public bool IsAttachedHere(int rank) => Volatile.Read(ref _attachedHere[rank]);

    /// <summary>A rank of this process has attached.</summary>
    public void SetAttachedHere(int rank) => Volatile.Write(ref _attachedHere[rank], true);

    /// <summary>Makes pages exist: what cannot be had is an error now, and no SIGBUS later.</summary>
    /// <exception cref="UmpsException">UMPS1002.</exception>
    public void Allocate(long offset, long lengthBytes, string what)
    {
        Errno error = Linux.AllocatePages(_descriptor, offset, lengthBytes);
        if (error != Errno.None)
            throw Throw.MemoryExhausted(what, lengthBytes, error);
    }

    /// <summary>Where memory of this process lies in the node's memory, which every rank of the node maps.</summary>
    /// <returns>False when it does not lie in it, or not wholly.</returns>
    public bool TryOffsetOf(nint address, nint lengthBytes, out long offset)
    {
        offset = address - (nint)_base;
        return Contains(offset, lengthBytes);
    }

    /// <summary>True when all of it is inside the node's memory.</summary>
    public bool Contains(long offset, nint lengthBytes) => offset >= 0 && lengthBytes >= 0 && offset <= Layout.TotalBytes - lengthBytes;

    /// <summary>One more holder.</summary>
    public NodeMapping Share()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>One holder less; the last one unmaps and closes.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
            return;
        Linux.Unmap(_base, Layout.TotalBytes);
        Linux.Close(_descriptor);
        foreach (int descriptor in _eventDescriptors)
            Linux.Close(descriptor);
    }
}
