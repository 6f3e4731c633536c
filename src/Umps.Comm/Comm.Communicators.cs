using System;
using System.Collections.Generic;
using Umps.Buffers;
using Umps.Collectives;

namespace Umps;

/// <summary>Communicators made of communicators: MPI 4.1 §7.4.2. Collective calls.</summary>
/// <remarks>Not there: communicators from groups, and intercommunicators (§7.6).</remarks>
public partial class Comm
{
    /// <summary>Makes a communicator of the same ranks whose messages never meet this one's.</summary>
    /// <returns>The new communicator; dispose it when it is no longer used.</returns>
    /// <remarks>MPI 4.1 §7.4.2. Of a grid it is a grid.</remarks>
    /// <exception cref="MpiException">As <see cref="Barrier"/>.</exception>
    public virtual Comm Dup()
    {
        CheckUsable("Comm.Dup");
        return new Comm(Core, Group, SeedForAll());
    }

    /// <summary>Parts the ranks: those that pass the same color make up a communicator.</summary>
    /// <param name="color">0 or more, or <see cref="Undefined"/> to be left out.</param>
    /// <param name="key">Order of the ranks in the new communicator; the old order among equal keys.</param>
    /// <returns>The communicator of this rank's color; the null communicator (<see cref="IsNull"/>) with the color <see cref="Undefined"/>.</returns>
    /// <remarks>MPI 4.1 §7.4.2.</remarks>
    /// <exception cref="MpiException">UMPS2306: the color is negative. Otherwise as <see cref="Barrier"/>.</exception>
    public Comm Split(int color, int key = 0)
    {
        CheckUsable("Comm.Split");
        if (color < 0 && color != Undefined)
            throw Throw.ColorOutOfRange(this, color);
        return SplitGroup(color, key, CollectiveTag.Split, out CommSeed seed) is { } group
            ? new Comm(Core, group, seed)
            : new Comm(Core, "Split had the color Undefined on this rank");
    }

    /// <summary>Parts the ranks by node: those that share memory make up a communicator.</summary>
    /// <param name="key">Order of the ranks in the new communicator; the old order among equal keys.</param>
    /// <returns>The communicator of the ranks on this node.</returns>
    /// <remarks>MPI 4.1 §7.4.2, MPI_COMM_TYPE_SHARED.</remarks>
    /// <exception cref="MpiException">As <see cref="Barrier"/>.</exception>
    public Comm SplitByNode(int key = 0)
    {
        CheckUsable("Comm.SplitByNode");
        return Split(Core.NodeOf(Group.EndpointOf(Rank)), key);
    }

    /// <summary>Context and board for a new communicator of the same ranks; rank 0 makes them.</summary>
    private protected CommSeed SeedForAll()
    {
        CommSeed seed = Rank == 0 ? Core.NewSeed(Group) : default;
        Core.Options.Collectives.RunBcast(this, SpanBytes.Of(ref seed), root: 0, CollectiveTag.Dup);
        return seed;
    }

    /// <summary>The ranks of this rank's color, ordered by key, and context and board for them, which the first of them makes.</summary>
    /// <returns>The group; null for the color <see cref="Undefined"/>.</returns>
    private protected Group? SplitGroup(int color, int key, int tag, out CommSeed seed)
    {
        var all = new int[2 * Size];
        all[2 * Rank] = color;
        all[2 * Rank + 1] = key;
        Core.Options.Collectives.RunAllgather(this, SpanBytes.Of(all.AsSpan()), 2 * sizeof(int), tag);
        seed = default;
        if (color == Undefined)
            return null;

        var members = new List<int>();
        for (int rank = 0; rank < Size; rank++)
        {
            if (all[2 * rank] == color)
                members.Add(rank);
        }
        members.Sort((a, b) => (all[2 * a + 1], a).CompareTo((all[2 * b + 1], b)));

        var endpoints = new int[members.Count];
        for (int i = 0; i < endpoints.Length; i++)
            endpoints[i] = Group.EndpointOf(members[i]);
        var group = new Group(endpoints, Core.Endpoint.Id);
        if (members[0] == Rank)
        {
            seed = Core.NewSeed(group);
            foreach (int member in members)
            {
                if (member != Rank)
                    SendBytes(SpanBytes.Of(ref seed), member, tag);
            }
        }
        else
        {
            RecvBytes(SpanBytes.Of(ref seed), members[0], tag);
        }
        return group;
    }
}
