using System;
using System.Linq;
using System.Threading.Tasks;

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
            Task sending = comm.SendObjectAsync(Make(comm.Rank, lines), next, tag: lines);     // all send at once: nobody may wait before it receives
            Parcel got = comm.RecvObject<Parcel>(previous, tag: lines);
            sending.GetAwaiter().GetResult();
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
}
