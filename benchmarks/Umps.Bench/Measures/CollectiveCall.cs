namespace Umps.Bench;

/// <summary>The collectives that are measured; reductions add doubles.</summary>
internal enum CollectiveCall
{
    /// <summary>MPI_Barrier.</summary>
    Barrier,

    /// <summary>MPI_Bcast.</summary>
    Bcast,

    /// <summary>MPI_Reduce.</summary>
    Reduce,

    /// <summary>MPI_Allreduce.</summary>
    Allreduce,

    /// <summary>MPI_Gather.</summary>
    Gather,

    /// <summary>MPI_Allgather.</summary>
    Allgather,

    /// <summary>MPI_Scatter.</summary>
    Scatter,

    /// <summary>MPI_Alltoall.</summary>
    Alltoall,
}
