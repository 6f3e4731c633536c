using System;

namespace Umps;

/// <summary>Non-blocking point-to-point communication: MPI 4.1 §3.7.</summary>
public partial class Comm
{
    /// <summary>Begins to send elements; they must stay untouched until the request completes.</summary>
    public Request Isend<T>(ReadOnlyMemory<T> data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <inheritdoc cref="Isend{T}(ReadOnlyMemory{T}, int, int)"/>
    public Request Isend<T>(Memory<T> data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <inheritdoc cref="Isend{T}(ReadOnlyMemory{T}, int, int)"/>
    public Request Isend<T>(T[] data, int dest, int tag = 0)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>Begins to receive elements.</summary>
    public Request Irecv<T>(Memory<T> buffer, int source = AnySource, int tag = AnyTag)
        where T : unmanaged => throw new NotImplementedException();

    /// <inheritdoc cref="Irecv{T}(Memory{T}, int, int)"/>
    public Request Irecv<T>(T[] buffer, int source = AnySource, int tag = AnyTag)
        where T : unmanaged => throw new NotImplementedException();
}
