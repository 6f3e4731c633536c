namespace Umps;

/// <summary>MPI's classes of errors.</summary>
/// <remarks>MPI 4.1 §9.4; the numbers are ours.</remarks>
public enum MpiErrorClass
{
    /// <summary>No error.</summary>
    Success = 0,

    /// <summary>A buffer cannot be used.</summary>
    Buffer,

    /// <summary>A count or a length does not fit.</summary>
    Count,

    /// <summary>The types of sender and receiver differ.</summary>
    Type,

    /// <summary>A tag is out of range.</summary>
    Tag,

    /// <summary>The communicator cannot be used: null, or disposed.</summary>
    Comm,

    /// <summary>A rank is out of range.</summary>
    Rank,

    /// <summary>A request cannot be used.</summary>
    Request,

    /// <summary>A root is out of range, or ranks name different roots.</summary>
    Root,

    /// <summary>A group cannot be used.</summary>
    Group,

    /// <summary>An operator does not know the type.</summary>
    Op,

    /// <summary>The communicator has no such topology.</summary>
    Topology,

    /// <summary>Dimensions do not fit the number of ranks.</summary>
    Dims,

    /// <summary>Another argument is wrong.</summary>
    Arg,

    /// <summary>The message is longer than the buffer.</summary>
    Truncate,

    /// <summary>Another error; the message says which.</summary>
    Other,

    /// <summary>A fault inside the library.</summary>
    Intern,

    /// <summary>The error of each operation is in its status.</summary>
    InStatus,

    /// <summary>Neither failed nor completed.</summary>
    Pending,

    /// <summary>A rank that the operation needs has gone.</summary>
    ProcFailed,

    /// <summary>The job is being ended.</summary>
    Aborted,

    /// <summary>A limit of memory or of a queue is reached.</summary>
    NoMem,

    /// <summary>The library is not initialised, is initialised twice, or has been disposed.</summary>
    Session,
}
