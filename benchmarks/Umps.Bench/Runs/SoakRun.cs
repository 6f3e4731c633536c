using System;
using System.Globalization;
using Umps;

namespace Umps.Bench;

/// <summary>Full message rate for a long time: every rank sends to its right and receives from its left, sizes mixed, every message checked whole.</summary>
/// <remarks>
/// Both sides know from a seed which sizes come; a message holds its number, a checksum, and bytes of a pool at a place that depends on the number, so a lost,
/// doubled, reordered or torn one is seen. Memory is looked at after a fifth of the time, when pools and buffers have been used, and again each second: growth
/// beyond <see cref="GrowthBytesMax"/> of the process's own memory or the managed heap fails the run. So does a round in which nothing arrives, by the watch of umpsrun.
/// </remarks>
internal static class SoakRun
{
    /// <summary>More than a collection or a late thread's stack, less than a leak of a byte a message in ten minutes.</summary>
    private const long GrowthBytesMax = 24 << 20;

    private const double SettledShare = 0.2;

    /// <summary>Runs on every rank.</summary>
    /// <returns>The exit code: 0, or 1 when something was lost, or memory grew.</returns>
    public static int Run(Comm comm, double seconds)
    {
        if (comm.Size < 2)
            return Faults.Tell(comm, $"soak is for 2 ranks or more, not {comm.Size}. Write umpsrun -n 2 umpsbench soak.");
        var stream = new SoakStream(comm);
        var memory = new MemoryWatch();
        double start = Mpi.Wtime(), look = start;
        long rounds = 0;
        if (comm.Rank == 0)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# Umps.Mpi Soak of {comm.Size} ranks, {seconds} s"));
        bool goesOn = true;
        while (goesOn)
        {
            stream.Round(rounds++);
            double now = Mpi.Wtime();
            goesOn = comm.Bcast(now - start < seconds);
            if (now - look < 1)
                continue;
            look = now;
            memory.Look(isSettled: now - start >= seconds * SettledShare);
            if (comm.Rank == 0 && (long)(now - start) % 10 == 0)
                Console.Out.WriteLine(Line(now - start, stream, memory));
        }

        memory.Look(isSettled: true);
        return Judge(comm, stream, memory, Mpi.Wtime() - start);
    }

    private static int Judge(Comm comm, SoakStream stream, MemoryWatch memory, double seconds)
    {
        long messages = comm.Allreduce(stream.Messages, Op.Sum), bytes = comm.Allreduce(stream.BytesReceived, Op.Sum), wrong = comm.Allreduce(stream.Wrong, Op.Sum);
        long growth = comm.Allreduce(memory.Growth, Op.Max);
        bool good = wrong == 0 && growth <= GrowthBytesMax;
        if (comm.Rank == 0)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"soak {(good ? "passed" : "FAILED")}: {messages} messages, {bytes / 1e9:f1} GB in {seconds:f0} s, {messages / seconds / 1e6:f2} M/s; {wrong} wrong; memory grew by {Math.Max(growth, 0) / 1048576.0:f1} MiB at most ({GrowthBytesMax >> 20} allowed)"));
        }

        comm.Barrier();     // nobody leaves before it is said
        return good ? 0 : 1;
    }

    private static string Line(double seconds, SoakStream stream, MemoryWatch memory) => string.Create(
        CultureInfo.InvariantCulture, $"# {seconds,6:f0} s  {stream.Messages} messages  {stream.BytesReceived / 1e9:f1} GB  {stream.Wrong} wrong  {memory.Resident / 1048576.0:f1} MiB resident");
}
