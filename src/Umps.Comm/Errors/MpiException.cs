using System;

namespace Umps;

/// <summary>An error of a communication call. Its message says the id, who, which call, the fact with its value and bound, and a remedy.</summary>
/// <remarks>docs/errors.md lists the ids with their causes.</remarks>
public class MpiException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="errorClass">MPI's class of it.</param>
    /// <param name="errorId">Its number in docs/errors.md.</param>
    /// <param name="rank">The world rank on which it was seen; -1 before there is one.</param>
    /// <param name="message">The sentence.</param>
    /// <param name="innerException">What caused it.</param>
    public MpiException(MpiErrorClass errorClass, int errorId, int rank, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorClass = errorClass;
        ErrorId = errorId;
        Rank = rank;
    }

    /// <summary>MPI's class of the error.</summary>
    public MpiErrorClass ErrorClass { get; }

    /// <summary>Number of the error in docs/errors.md.</summary>
    public int ErrorId { get; }

    /// <summary>The world rank on which it was seen; -1 before there is one.</summary>
    public int Rank { get; }

    /// <summary>The message without id, who and call.</summary>
    internal string? Fact { get; init; }

    /// <summary>The message that was too long for its receive.</summary>
    internal Status Received { get; init; }
}
