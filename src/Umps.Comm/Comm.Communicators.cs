using System;

namespace Umps;

/// <summary>Communicators made of communicators: MPI 4.1 §7.4.2. Collective calls.</summary>
/// <remarks>Not there: communicators from groups, and intercommunicators (§7.6).</remarks>
public partial class Comm
{
    /// <summary>Makes a communicator of the same ranks whose messages never meet this one's.</summary>
    /// <returns>The new communicator; dispose it when it is no longer used.</returns>
    /// <remarks>MPI 4.1 §7.4.2. A topology is not copied.</remarks>
    /// <exception cref="MpiException">As <see cref="Barrier"/>.</exception>
    public Comm Dup() => throw new NotImplementedException();

    /// <summary>Parts the ranks: those that pass the same color make up a communicator.</summary>
    /// <param name="color">0 or more, or <see cref="Undefined"/> to be left out.</param>
    /// <param name="key">Order of the ranks in the new communicator; the old order among equal keys.</param>
    /// <returns>The communicator of this rank's color; the null communicator (<see cref="IsNull"/>) with the color <see cref="Undefined"/>.</returns>
    /// <remarks>MPI 4.1 §7.4.2.</remarks>
    /// <exception cref="MpiException">UMPS2306: the color is negative. Otherwise as <see cref="Barrier"/>.</exception>
    public Comm Split(int color, int key = 0) => throw new NotImplementedException();

    /// <summary>Parts the ranks by node: those that share memory make up a communicator.</summary>
    /// <param name="key">Order of the ranks in the new communicator; the old order among equal keys.</param>
    /// <returns>The communicator of the ranks on this node.</returns>
    /// <remarks>MPI 4.1 §7.4.2, MPI_COMM_TYPE_SHARED.</remarks>
    /// <exception cref="MpiException">As <see cref="Barrier"/>.</exception>
    public Comm SplitByNode(int key = 0) => throw new NotImplementedException();
}
