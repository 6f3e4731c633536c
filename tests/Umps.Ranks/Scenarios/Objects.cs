using System;
using System.Collections.Generic;
using System.Linq;
using MessagePack;

namespace Umps.Ranks.Scenarios;

/// <summary>objects: records, lists and strings of any size go round.</summary>
internal static class Objects
{
    public static int Run(string[] args)
    {
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        int next = (comm.Rank + 1) % comm.Size, previous = (comm.Rank + comm.Size - 1) % comm.Size;
        foreach (int lines in (int[])[0, 1, 10, 50_000])
        {
            comm.SendObject(Make(comm.Rank, lines), next, tag: lines);
            Parcel got = comm.RecvObject<Parcel>(previous, tag: lines);
            Parcel wanted = Make(previous, lines);
            if (got.Sender != wanted.Sender || got.Note != wanted.Note || !got.Numbers.SequenceEqual(wanted.Numbers))
            {
                Job.Say($"rank {comm.Rank}: the object of {lines} numbers differs");
                return 1;
            }
        }

        Job.Say($"rank {comm.Rank}: objects are right");
        return 0;
    }

    private static Parcel Make(int sender, int lines) =>
        new() { Sender = sender, Note = new string('ü', lines % 1000), Numbers = [.. Enumerable.Range(sender, lines)] };

    /// <summary>Something with a text and a list.</summary>
    [MessagePackObject]
    public sealed class Parcel
    {
        /// <summary>Who sent it.</summary>
        [Key(0)]
        public int Sender { get; set; }

        /// <summary>A text beyond ASCII.</summary>
        [Key(1)]
        public string Note { get; set; } = "";

        /// <summary>Numbers.</summary>
        [Key(2)]
        public IReadOnlyList<int> Numbers { get; set; } = [];
    }
}
