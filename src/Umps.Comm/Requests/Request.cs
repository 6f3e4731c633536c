using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Umps;

/// <summary>An operation under way. <c>default</c> is the null request, which is complete; a copy that has been waited for becomes null too.</summary>
public readonly struct Request : IEquatable<Request>
{
    /// <summary>True for the null request, and for one whose completion has been taken.</summary>
    public bool IsNull => throw new NotImplementedException();

    /// <summary>True when waiting would not block.</summary>
    public bool IsCompleted => throw new NotImplementedException();

    /// <summary>Waits for completion.</summary>
    public Status Wait() => throw new NotImplementedException();

    /// <summary>Waits for completion, or for the token.</summary>
    public Status Wait(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Makes progress and says whether the operation is complete.</summary>
    public bool Test() => throw new NotImplementedException();

    /// <summary>Makes progress and says whether the operation is complete, and with what status.</summary>
    public bool Test(out Status status) => throw new NotImplementedException();

    /// <summary>Cancels a receive that has met no message yet.</summary>
    public void Cancel() => throw new NotImplementedException();

    /// <summary>Completes with the operation.</summary>
    public ValueTask<Status> WaitAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Lets the request be awaited.</summary>
#pragma warning disable CA2012 // the awaiter is what the compiler's await consumes, once
    public ValueTaskAwaiter<Status> GetAwaiter() => WaitAsync().GetAwaiter();
#pragma warning restore CA2012

    /// <summary>Waits for all.</summary>
    public static void WaitAll(params ReadOnlySpan<Request> requests) => throw new NotImplementedException();

    /// <summary>Waits for all.</summary>
    public static void WaitAll(ReadOnlySpan<Request> requests, Span<Status> statuses) => throw new NotImplementedException();

    /// <summary>Waits for one of them.</summary>
    public static int WaitAny(ReadOnlySpan<Request> requests, out Status status) => throw new NotImplementedException();

    /// <summary>True when all are complete.</summary>
    public static bool TestAll(ReadOnlySpan<Request> requests) => throw new NotImplementedException();

    /// <summary>True when one is complete.</summary>
    public static bool TestAny(ReadOnlySpan<Request> requests, out int index, out Status status) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool Equals(Request other) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Request other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => throw new NotImplementedException();

    /// <summary>Equality.</summary>
    public static bool operator ==(Request left, Request right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(Request left, Request right) => !left.Equals(right);
}
