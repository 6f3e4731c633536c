using System;
using Umps.Buffers;

namespace Umps;

/// <summary>What a completed receive, or a probe, says of its message.</summary>
/// <remarks>MPI 4.1 §3.2.5. The status of a send, of the null request and of a receive from <see cref="Comm.ProcNull"/> is empty.</remarks>
public readonly struct Status : IEquatable<Status>
{
    internal static readonly Status Empty = new(Comm.AnySource, Comm.AnyTag, 0, false);
    internal static readonly Status ProcNull = new(Comm.ProcNull, Comm.AnyTag, 0, false);

    internal Status(int source, int tag, long lengthBytes, bool cancelled)
    {
        Source = source;
        Tag = tag;
        LengthBytes = lengthBytes;
        Cancelled = cancelled;
    }

    /// <summary>Rank of the sender in the communicator.</summary>
    public int Source { get; }

    /// <summary>Tag of the message.</summary>
    public int Tag { get; }

    /// <summary>Length of the message.</summary>
    public long LengthBytes { get; }

    /// <summary>True when the receive was cancelled before it met a message.</summary>
    public bool Cancelled { get; }

    /// <summary>Number of elements in the message.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <returns>The number; <see cref="Comm.Undefined"/> when the message is no whole number of them.</returns>
    public int Count<T>()
        where T : unmanaged
    {
        long count = Math.DivRem(LengthBytes, SpanBytes.SizeOf<T>(), out long rest);
        return rest == 0 ? checked((int)count) : Comm.Undefined;
    }

    /// <inheritdoc/>
    public bool Equals(Status other) =>
        Source == other.Source && Tag == other.Tag && LengthBytes == other.LengthBytes && Cancelled == other.Cancelled;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Status other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Source, Tag, LengthBytes, Cancelled);

    /// <inheritdoc/>
    public override string ToString() =>
        Cancelled ? "cancelled" : $"source {Source}, tag {Tag}, {LengthBytes} bytes";

    /// <summary>Equality of all fields.</summary>
    public static bool operator ==(Status left, Status right) => left.Equals(right);

    /// <summary>Inequality of some field.</summary>
    public static bool operator !=(Status left, Status right) => !left.Equals(right);
}
