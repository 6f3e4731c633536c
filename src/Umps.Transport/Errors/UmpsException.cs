using System;

namespace Umps.Transport;

/// <summary>An error of the transport. The message says the id, who, which call, the fact with its value, and a remedy; docs/errors.md lists the ids.</summary>
public sealed class UmpsException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="errorId">Its number, 1xxx.</param>
    /// <param name="message">The sentence.</param>
    /// <param name="innerException">What caused it.</param>
    public UmpsException(int errorId, string message, Exception? innerException = null)
        : base(message, innerException) => ErrorId = errorId;

    /// <summary>Number of the error in docs/errors.md.</summary>
    public int ErrorId { get; }
}
