using System;

namespace Umps.WireUp;

/// <summary>An error of joining or of the exchange of addresses: the message has the id, the fact and the remedy.</summary>
internal sealed class WireUpException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="errorId">Its number, 12xx.</param>
    /// <param name="fact">What is wrong, and after it the remedy.</param>
    /// <param name="cause">What caused it.</param>
    public WireUpException(int errorId, string fact, Exception? cause = null)
        : base($"UMPS{errorId} {fact}", cause) => ErrorId = errorId;

    /// <summary>Number of the error in docs/errors.md.</summary>
    public int ErrorId { get; }
}
